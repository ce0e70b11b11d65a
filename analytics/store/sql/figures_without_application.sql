-- Grain: one row; figures of firms that neither applied nor are comparison firms.
SELECT count(*) AS figures
FROM current_observations
WHERE firm_id NOT IN (SELECT firm_id FROM current_applications)
    AND firm_id NOT IN (SELECT firm_id FROM current_comparison_firms)
