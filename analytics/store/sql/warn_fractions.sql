-- Grain: one row; firms of a column of percentages in which no value is above 1.
SELECT count(*) AS count, min(firm_id) AS example, max(highest)::DOUBLE AS value
FROM staged_spread
WHERE reported > 0
HAVING max(highest) BETWEEN 0.000001 AND 1 AND sum(positive) >= $few_periods AND max(highest) <> min(lowest)
