-- Grain: one import whose file spoke of $code, also one that was undone.
SELECT batch_id
FROM (
    SELECT batch_id FROM applications WHERE firm_id = $code OR list_contains($applications, application_id)
    UNION
    SELECT batch_id FROM comparison_firms WHERE firm_id = $code
    UNION
    SELECT batch_id FROM observations WHERE firm_id = $code
    UNION
    SELECT batch_id FROM rna_aids WHERE fiscal_code = $code OR list_contains($cors, cor)
)
ORDER BY batch_id
