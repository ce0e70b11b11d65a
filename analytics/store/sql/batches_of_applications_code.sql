-- Grain: import that counts and gave the code or the edition of an application of which this code, edition and division are told.
SELECT DISTINCT batch_id
FROM applications
WHERE batch_id IN (SELECT batch_id FROM live_batches)
    AND (ateco_code IS NOT NULL OR ateco_edition IS NOT NULL)
    AND application_id IN (
        SELECT application_id
        FROM current_applications
        WHERE ateco_code = $code AND ateco_edition IS NOT DISTINCT FROM $edition AND division = $division
    )
