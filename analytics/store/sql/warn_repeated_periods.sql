-- Grain: one row; periods in which most firms report, above zero, exactly what they reported for the period before.
WITH series AS (
    SELECT period, moment, value, lag(value) OVER in_time AS value_before, lag(moment) OVER in_time AS moment_before
    FROM staged_series
    WHERE value > 0
    WINDOW in_time AS (PARTITION BY firm_id ORDER BY moment)
),
periods AS (
    SELECT period, avg((value = value_before)::INTEGER) AS share
    FROM series
    WHERE moment_before = moment - 1
    GROUP BY period
    HAVING count(*) >= $few_firms
)
SELECT count(*) AS count, min(period) AS example, 100 * arg_min(share, period) AS percent
FROM periods
WHERE share > $most
