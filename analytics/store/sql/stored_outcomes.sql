-- Grain: an outcome of which the store has values.
SELECT DISTINCT outcome
FROM current_observations
ORDER BY outcome
