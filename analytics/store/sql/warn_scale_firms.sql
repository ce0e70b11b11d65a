-- Grain: one row; firms with some periods far from their own level, or with a level that changes by a thousand from one
-- period to the next. value, usual: the outcome's unit.
WITH noise AS (
    SELECT firm_id, median(abs(magnitude - level)) AS noise, count(*) AS periods FROM suspect_series GROUP BY firm_id
),
far AS (
    SELECT firm_id, period, row_number, value, 10 ** level AS usual, abs(magnitude - level) AS distance, periods,
        greatest(abs(magnitude - before), abs(magnitude - after)) AS jump
    FROM suspect_series
    JOIN noise USING (firm_id)
    WHERE abs(magnitude - level) >= $noise_units * noise
        AND (magnitude - level >= $far_away OR abs(level - magnitude - 3) <= $near_power)
),
spikes AS (
    SELECT firm_id, min(row_number) AS row_number
    FROM far
    GROUP BY firm_id
    HAVING count(*) <= any_value(periods) * $spike_share AND max(jump) >= $far_away
),
breaks AS (
    SELECT firm_id, arg_max(moment, abs(magnitude - before)) AS moment
    FROM suspect_series
    GROUP BY firm_id
    HAVING max(abs(magnitude - before)) >= 3 - 2 * $near_power
),
sides AS (
    SELECT
        firm_id,
        arg_min(period, series.moment) FILTER (series.moment >= breaks.moment) AS period,
        arg_min(row_number, series.moment) FILTER (series.moment >= breaks.moment) AS row_number,
        median(magnitude) FILTER (series.moment >= breaks.moment) AS later,
        median(magnitude) FILTER (series.moment < breaks.moment) AS earlier,
        stddev_pop(magnitude) FILTER (series.moment >= breaks.moment) AS later_spread,
        stddev_pop(magnitude) FILTER (series.moment < breaks.moment) AS earlier_spread,
        least(count(*) FILTER (series.moment >= breaks.moment), count(*) FILTER (series.moment < breaks.moment)) AS periods
    FROM suspect_series AS series
    JOIN breaks USING (firm_id)
    GROUP BY firm_id
),
found AS (
    SELECT firm_id, period, row_number, value::DOUBLE AS value, usual, 10 ** distance AS factor
    FROM far
    SEMI JOIN spikes USING (firm_id, row_number)
    UNION ALL
    SELECT firm_id, period, row_number, 10 ** later, 10 ** earlier, 1000
    FROM sides
    WHERE periods >= 3 AND abs(abs(later - earlier) - 3) <= $near_power
        AND greatest(later_spread, earlier_spread) <= $near_power
)
SELECT
    count(DISTINCT firm_id) AS count,
    arg_min(firm_id || ', ' || period, row_number) AS example,
    min(row_number) AS row,
    arg_min(round(factor), row_number) AS factor,
    arg_min(value, row_number) AS value,
    arg_min(usual, row_number) AS usual
FROM found
