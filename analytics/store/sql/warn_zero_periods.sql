-- Grain: one row; periods in which every firm reports zero, where most values of the other periods are above zero.
WITH periods AS (
    SELECT period, count(*) AS firms, count(magnitude) AS positive FROM staged_series GROUP BY period
)
SELECT
    count(*) FILTER (positive = 0) AS count,
    min(period) FILTER (positive = 0) AS example
FROM periods
WHERE firms >= $few_firms
HAVING sum(positive) > $most * sum(firms) FILTER (positive > 0)
