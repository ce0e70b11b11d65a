-- Grain: reason; firms, in the file and stored together, with several applications or names, or names with several firms.
WITH firms AS (
    SELECT
        firm_id,
        count(*) FILTER (awarded) AS awards,
        count(DISTINCT application_id) AS applications,
        count(DISTINCT plain_name) AS names,
        min(name) AS name,
        max(name) AS other_name,
        min(row_number) FILTER (in_file) AS row_number
    FROM staged_and_stored
    GROUP BY firm_id
    HAVING bool_or(in_file)
),
names AS (
    SELECT any_value(name) AS name, count(DISTINCT firm_id) AS firms, min(firm_id) AS firm, max(firm_id) AS other
    FROM staged_and_stored
    WHERE length(plain_name) >= 4
    GROUP BY plain_name
    HAVING bool_or(in_file) AND count(DISTINCT firm_id) > 1
)
SELECT 'several_awards' AS reason, 'fiscal_code' AS "column", count(*) AS count, min(firm_id) AS example,
    min(row_number) AS row, NULL AS other, NULL AS name
FROM firms
WHERE awards > 1
UNION ALL
SELECT 'several_applications', 'fiscal_code', count(*), min(firm_id), min(row_number), NULL, NULL
FROM firms
WHERE applications > 1 AND awards <= 1
UNION ALL
SELECT 'two_names', 'name', count(*), min(firm_id), min(row_number), arg_min(other_name, firm_id), arg_min(name, firm_id)
FROM firms
WHERE names > 1
UNION ALL
SELECT 'two_codes', 'name', count(*), min(firm), NULL, arg_min(other, firm), arg_min(name, firm)
FROM names
