-- Grain: one row, how many values of sales of $code there are, with their earlier ones.
SELECT count(*)
FROM observations
WHERE firm_id = $code
