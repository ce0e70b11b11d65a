-- Grain: one row; the staged sales: rows and first period.
SELECT coalesce(sum(rows_in_file), 0)::BIGINT AS rows_in_file, min(period) AS first_period
FROM staged_periods
