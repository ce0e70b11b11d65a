-- Grain: one row; periods of which less than half as many firms report as of the periods beside. value, usual: firms.
WITH beside AS (
    SELECT
        period,
        rows_in_file,
        least(lag(rows_in_file) OVER in_time, lead(rows_in_file) OVER in_time) AS usual
    FROM staged_periods
    WINDOW in_time AS (ORDER BY moment)
)
SELECT
    count(*) AS count,
    min(period) AS example,
    arg_min(rows_in_file, period) AS value,
    arg_min(usual, period) AS usual
FROM beside
WHERE rows_in_file < $thin * usual AND usual >= $few_firms
