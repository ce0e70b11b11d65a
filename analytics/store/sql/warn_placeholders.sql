-- Grain: one row; staged rows with a value that people type for "unknown" ($placeholders).
SELECT
    count(*) AS count,
    arg_min(firm_id || ', ' || period, row_number) AS example,
    min(row_number) AS row,
    arg_min(value, row_number)::DOUBLE AS value
FROM measured
WHERE value IN (SELECT unnest($placeholders))
HAVING count(*) >= $few_to_compare
