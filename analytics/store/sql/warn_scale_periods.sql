-- Grain: one row; periods in which the typical firm is a power of ten away from its other periods, all of a sudden.
-- value, usual: medians, the outcome's unit.
WITH levels AS (
    SELECT firm_id, median(magnitude) AS level
    FROM staged_series
    WHERE magnitude IS NOT NULL
    GROUP BY firm_id
    HAVING count(*) >= $few_to_compare
),
shifts AS (
    SELECT period, median(magnitude - level) AS shift, 10 ** median(magnitude) AS value, 10 ** median(level) AS usual
    FROM staged_series
    JOIN levels USING (firm_id)
    WHERE magnitude IS NOT NULL
    GROUP BY period
    HAVING count(*) >= $few_firms
),
sudden AS (
    SELECT *, greatest(abs(shift - lag(shift) OVER in_time), abs(shift - lead(shift) OVER in_time)) AS jump
    FROM shifts
    WINDOW in_time AS (ORDER BY period)
),
away AS (
    SELECT *, round(abs(shift)) AS power
    FROM sudden
    WHERE round(abs(shift)) >= 2 AND abs(abs(shift) - round(abs(shift))) <= $near_power
)
SELECT
    count(*) AS count,
    min(period) AS example,
    10 ** arg_min(power, period) AS factor,
    arg_min(value, period) AS value,
    arg_min(usual, period) AS usual
FROM away
HAVING max(jump) >= $far_away
