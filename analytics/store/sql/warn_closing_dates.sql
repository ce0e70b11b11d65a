-- Grain: one row; staged applications with the commonest closing date, where that is more than $one_date_share of them.
WITH days AS (
    SELECT closed_on, count(*) AS firms
    FROM staged_applications
    WHERE closed_on >= $first_closing::DATE
    GROUP BY closed_on
)
SELECT max(firms) AS count, arg_max(closed_on, firms) AS day, 100.0 * max(firms) / sum(firms) AS percent
FROM days
HAVING max(firms) >= $few_rows AND max(firms) > $one_date_share * sum(firms)
