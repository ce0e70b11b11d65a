-- Grain: one row; firms whose part is typically so small beside its whole that the two are hardly in one unit, where that
-- holds for the median firm. value, usual: medians of the part and of the whole.
WITH firms AS (
    SELECT firm_id, median(log10(value::DOUBLE / whole::DOUBLE)) AS share, median(value) AS value, median(whole) AS whole
    FROM sampled
    WHERE value > 0 AND whole > 0
    GROUP BY firm_id
)
SELECT
    count(*) AS count,
    min(firm_id) AS example,
    arg_min(value, firm_id)::DOUBLE AS value,
    arg_min(whole, firm_id)::DOUBLE AS usual
FROM firms
WHERE (SELECT median(share) FROM firms) < $tiny_share AND share < $tiny_share
HAVING count(*) >= $few_firms
