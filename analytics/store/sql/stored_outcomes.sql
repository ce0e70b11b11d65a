-- Grain: an outcome of which the store has values.
SELECT DISTINCT outcome
FROM observations
ORDER BY outcome
