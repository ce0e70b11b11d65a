-- Grain: one row; firms that do not report some period between their first and their last. percent: of the firms.
WITH numbered AS (
    SELECT period, row_number() OVER (ORDER BY moment) AS place FROM staged_periods
),
firms AS (
    SELECT firm_id, ends.place - starts.place + 1 - reported AS missing
    FROM staged_spread
    JOIN numbered AS starts ON starts.period = first_period
    JOIN numbered AS ends ON ends.period = last_period
)
SELECT
    count(*) FILTER (missing > 0) AS count,
    min(firm_id) FILTER (missing > 0) AS example,
    arg_min(missing, firm_id) FILTER (missing > 0) AS value,
    100.0 * count(*) FILTER (missing > 0) / count(*) AS percent
FROM firms
HAVING count(*) FILTER (missing > 0) > $gap_share * count(*)
