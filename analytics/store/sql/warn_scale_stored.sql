-- Grain: reason; firms whose level in this file is a power of ten away from their own in what is stored: the typical firm,
-- or some. value, usual: medians, the outcome's unit.
WITH here AS (
    SELECT firm_id, median(magnitude) AS level FROM staged_series WHERE magnitude IS NOT NULL GROUP BY firm_id
    HAVING count(*) >= $few_to_compare
),
stored AS (
    SELECT firm_id, period, arg_max(value, batch_id) AS value
    FROM current_observations
    WHERE outcome = $outcome AND firm_id IN (SELECT firm_id FROM here)
    GROUP BY firm_id, period
),
there AS (
    SELECT firm_id, median(log10(value::DOUBLE)) AS level FROM stored WHERE value > 0 GROUP BY firm_id
    HAVING count(*) >= $few_to_compare
),
shifts AS (
    SELECT firm_id, here.level, there.level AS usual, abs(here.level - there.level) AS distance
    FROM here
    JOIN there USING (firm_id)
),
file AS (SELECT abs(median(level - usual)) AS distance, count(*) AS firms FROM shifts)
SELECT
    CASE WHEN file.distance >= $far_away AND file.firms >= $few_firms THEN 'scale_file' ELSE 'scale_stored' END AS reason,
    count(*) AS count,
    min(firm_id) AS example,
    10 ** round(arg_min(shifts.distance, firm_id)) AS factor,
    10 ** arg_min(level, firm_id) AS value,
    10 ** arg_min(usual, firm_id) AS usual
FROM shifts, file
WHERE abs(shifts.distance - 3) <= $near_power OR (file.distance >= $far_away AND shifts.distance >= $far_away)
GROUP BY reason
