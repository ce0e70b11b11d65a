-- Grain: firm × period, values above zero of the firms whose values lie furthest apart, $most_suspects of each kind: one
-- value far from the rest, or values on two levels. level: the firm's median; magnitude, level, before (the period before
-- in the file) and after: decimal logarithms.
WITH wide AS (
    SELECT firm_id, spread, greatest(log10(highest::DOUBLE) - typical, typical - log10(lowest::DOUBLE)) AS furthest
    FROM staged_spread
    WHERE positive >= $few_for_level AND highest >= lowest * 10 ** $far_away
),
suspects AS (
    (SELECT firm_id FROM wide ORDER BY furthest / spread DESC, firm_id LIMIT $most_suspects)
    UNION
    (SELECT firm_id FROM wide ORDER BY spread DESC, firm_id LIMIT $most_suspects)
),
series AS (
    SELECT firm_id, period, moment, row_number, value, log10(value::DOUBLE) AS magnitude
    FROM measured
    JOIN suspects USING (firm_id)
    JOIN staged_periods USING (period)
    WHERE value > 0
)
SELECT
    series.*,
    median(magnitude) OVER (PARTITION BY firm_id) AS level,
    lag(magnitude) OVER in_time AS before,
    lead(magnitude) OVER in_time AS after
FROM series
WINDOW in_time AS (PARTITION BY firm_id ORDER BY moment)
