-- Grain: one row; firms of the file that did not apply, where they are more than half of its firms.
SELECT
    count(*) FILTER (applications.firm_id IS NULL) AS count,
    min(staged.firm_id) FILTER (applications.firm_id IS NULL) AS example,
    100.0 * count(*) FILTER (applications.firm_id IS NULL) / count(*) AS percent
FROM (SELECT DISTINCT firm_id FROM staged_sales) AS staged
LEFT JOIN (SELECT DISTINCT firm_id FROM current_applications) AS applications USING (firm_id)
HAVING count(*) FILTER (applications.firm_id IS NULL) > $most * count(*)
