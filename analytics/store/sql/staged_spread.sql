-- Grain: firm of the staged sales, one outcome (relation `measured`); typical and spread: mean and standard deviation of
-- the decimal logarithms of what is above zero; total: in the outcome's unit.
WITH magnitudes AS (
    SELECT firm_id, period, value, CASE WHEN value > 0 THEN log10(value::DOUBLE) END AS magnitude FROM measured
)
SELECT
    firm_id,
    count(value) AS reported,
    count(magnitude) AS positive,
    min(period) FILTER (value IS NOT NULL) AS first_period,
    max(period) FILTER (value IS NOT NULL) AS last_period,
    min(value) FILTER (value > 0) AS lowest,
    max(value) AS highest,
    sum(value) AS total,
    avg(magnitude) AS typical,
    stddev_pop(magnitude) AS spread
FROM magnitudes
GROUP BY firm_id
