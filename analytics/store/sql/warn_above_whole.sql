-- Grain: one row; staged rows in which a part is larger than its whole by more than $rounding. value, limit: euros.
SELECT
    count(*) AS count,
    arg_min(firm_id || ', ' || period, row_number) AS example,
    min(row_number) AS row,
    arg_min(value, row_number)::DOUBLE AS value,
    arg_min(whole, row_number)::DOUBLE AS usual
FROM measured
WHERE value > whole + $rounding
