-- Grain: one row; staged rows with more than $most_countries countries, or with a part of one.
SELECT
    count(*) AS count,
    arg_min(firm_id || ', ' || period, row_number) AS example,
    min(row_number) AS row,
    arg_min(value, row_number)::DOUBLE AS value
FROM measured
WHERE value > $most_countries OR value <> floor(value)
