-- Grain: staged row of sales, of one firm in $one_in, with its period's moment.
SELECT staged_sales.*, moment
FROM staged_sales
JOIN staged_periods USING (period)
WHERE $one_in = 1 OR hash(firm_id) % $one_in = 0
