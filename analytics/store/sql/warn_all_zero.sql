-- Grain: one row; firms of a column that reports nothing but zeros.
SELECT count(*) AS count
FROM staged_spread
WHERE reported > 0
HAVING count(*) >= $few_firms AND sum(positive) = 0
