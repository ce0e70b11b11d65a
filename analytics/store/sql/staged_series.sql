-- Grain: firm × period of the sampled firms, reported values of one outcome (relation `sampled`).
-- magnitude: decimal logarithm, NULL for zero.
SELECT
    firm_id,
    period,
    moment,
    value,
    CASE WHEN value > 0 THEN log10(value::DOUBLE) END AS magnitude,
    source,
    sheet
FROM sampled
WHERE value IS NOT NULL
