-- Grain: one name of $code that no other firm has.
WITH named AS (
    SELECT firm_id, name FROM applications
    UNION
    SELECT firm_id, name FROM comparison_firms
    UNION
    SELECT CASE WHEN list_contains($cors, cor) THEN $code ELSE fiscal_code END, name FROM rna_aids
)
SELECT DISTINCT name
FROM named
WHERE firm_id = $code AND name IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM named AS other WHERE upper(other.name) = upper(named.name) AND other.firm_id <> $code)
ORDER BY name
