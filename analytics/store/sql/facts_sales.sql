-- Grain: outcome × calendar year, of the firms that applied; unit: figures. first_period, last_period: of that year.
SELECT outcome, left(period, 4) AS year, count(*) AS figures, min(period) AS first_period, max(period) AS last_period
FROM current_observations
WHERE firm_id IN (SELECT firm_id FROM current_applications)
GROUP BY outcome, year
ORDER BY outcome, year
