-- Grain: one firm other than $code.
SELECT firm_id FROM applications WHERE firm_id <> $code
UNION
SELECT firm_id FROM comparison_firms WHERE firm_id <> $code
