-- Grain: one row; periods between the first and the last of the file of which no row speaks, in a file that is no
-- correction of a few firms. example: the last before.
WITH gaps AS (
    SELECT period, lead(moment) OVER (ORDER BY moment) - moment - 1 AS missing FROM staged_periods
)
SELECT sum(missing)::BIGINT AS count, min(period) AS example
FROM gaps
WHERE missing > 0
HAVING (SELECT count(DISTINCT firm_id) FROM staged_sales) > $most * (SELECT count(DISTINCT firm_id) FROM current_observations)
