-- Grain: one row; firms with as many values as another firm, the same least, largest and total one: the same series, as
-- amounts to the cent do not agree in all four by chance. example, other: two of them.
WITH same AS (
    SELECT count(*) AS firms, min(firm_id) AS firm, max(firm_id) AS other
    FROM staged_spread
    WHERE positive >= $few_periods AND lowest < highest
    GROUP BY positive, reported, first_period, last_period, lowest, highest, total
    HAVING count(*) > 1
)
SELECT sum(firms)::BIGINT AS count, min(firm) AS example, arg_min(other, firm) AS other
FROM same
