-- Grain: outcome of which the store tells a figure of the firm in the period.
SELECT outcome
FROM current_observations
WHERE firm_id = $firm_id AND period = $period
ORDER BY outcome
