-- Grain: one row; firms of the file that neither applied nor are compared from outside, where they are more than half of
-- its firms.
WITH known AS (SELECT firm_id FROM current_applications UNION SELECT firm_id FROM current_comparison_firms)
SELECT
    count(*) FILTER (known.firm_id IS NULL) AS count,
    min(staged.firm_id) FILTER (known.firm_id IS NULL) AS example,
    100.0 * count(*) FILTER (known.firm_id IS NULL) / count(*) AS percent
FROM (SELECT DISTINCT firm_id FROM staged_sales) AS staged
LEFT JOIN known USING (firm_id)
HAVING count(*) FILTER (known.firm_id IS NULL) > $most * count(*)
