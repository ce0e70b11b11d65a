-- Grain: reason; staged rows of periods after $this_period, or before the year $first_year. example: the furthest.
SELECT 'future_periods' AS reason, sum(rows_in_file)::BIGINT AS count, max(period) AS example
FROM staged_periods
WHERE period > $this_period
UNION ALL
SELECT 'early_periods', sum(rows_in_file)::BIGINT, min(period)
FROM staged_periods
WHERE left(period, 4)::INTEGER < $first_year
