-- Grain: one application that was awarded a grant, also one revoked or withdrawn since. Unit: euros, as text.
SELECT
    application_id,
    firm_id,
    name,
    outcome,
    cor,
    awarded_on::VARCHAR AS awarded_on,
    grant_eur::VARCHAR AS grant_eur
FROM current_applications
WHERE outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL
    AND batch_id IN (SELECT batch_id FROM live_batches)
ORDER BY application_id
