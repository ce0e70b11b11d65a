-- Grain: staged firm from outside the applicants that applied nevertheless.
SELECT DISTINCT firm_id
FROM staged_comparison
WHERE firm_id IN (SELECT firm_id FROM current_applications)
