-- Grain: import that counts and gave the code or the edition of an firm from outside the applicants of which this code, edition and division are told.
SELECT DISTINCT batch_id
FROM comparison_firms
WHERE batch_id IN (SELECT batch_id FROM live_batches)
    AND (ateco_code IS NOT NULL OR ateco_edition IS NOT NULL)
    AND firm_id IN (
        SELECT firm_id
        FROM current_comparison_firms
        WHERE ateco_code = $code AND ateco_edition IS NOT DISTINCT FROM $edition AND division = $division
    )
