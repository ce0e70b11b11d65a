-- Grain: one row; firms of staged applications that stand among those from outside the applicants.
SELECT count(DISTINCT firm_id) AS count, min(firm_id) AS example, min(row_number) AS row
FROM staged_applications
WHERE firm_id IN (SELECT firm_id FROM current_comparison_firms)
