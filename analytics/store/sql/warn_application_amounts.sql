-- Grain: reason and column; applications whose amounts, taken together, look like another unit or like "unknown".
-- value: the median amount, or the amount that repeats; usual: what it is compared with; percent: of the stated values.
WITH amounts AS (
    SELECT application_id, row_number, unnest([
        {'name': 'employees', 'amount': employees::DOUBLE},
        {'name': 'turnover_eur', 'amount': turnover_eur::DOUBLE},
        {'name': 'balance_sheet_eur', 'amount': balance_sheet_eur::DOUBLE},
        {'name': 'grant_eur', 'amount': grant_eur::DOUBLE},
        {'name': 'eligible_spend_eur', 'amount': eligible_spend_eur::DOUBLE},
        {'name': 'paid_eur', 'amount': paid_eur::DOUBLE}
    ], recursive := true)
    FROM staged_applications
)
SELECT
    'mostly_zero' AS reason,
    name AS "column",
    count(*) FILTER (amount = 0) AS count,
    arg_min(application_id, row_number) FILTER (amount = 0) AS example,
    NULL::DOUBLE AS value,
    NULL::DOUBLE AS usual,
    100.0 * count(*) FILTER (amount = 0) / count(*) AS percent
FROM amounts
WHERE amount IS NOT NULL AND name IN ('employees', 'turnover_eur', 'balance_sheet_eur')
GROUP BY name
HAVING count(*) FILTER (amount = 0) >= $few_firms AND count(*) FILTER (amount = 0) > $zero_share * count(*)
UNION ALL
SELECT 'typed_for_unknown', name, count(*), arg_min(application_id, row_number), mode(amount), NULL, NULL
FROM amounts
WHERE amount IN (SELECT unnest($placeholders)) OR (name = 'employees' AND amount IN (99, 999))
GROUP BY name
HAVING count(*) >= $few_to_compare
UNION ALL
SELECT 'turnover_unit', 'turnover_eur', count(*), min(application_id), median(turnover_eur / employees)::DOUBLE, NULL, NULL
FROM staged_applications
WHERE turnover_eur > 0 AND employees > 0
HAVING count(*) >= $few_firms AND median(turnover_eur / employees) < $least_turnover_per_head
UNION ALL
SELECT 'grant_unit', 'grant_eur', count(*), min(application_id), median(grant_eur)::DOUBLE, $grant_max, NULL
FROM staged_applications
WHERE grant_eur > 0
HAVING count(*) >= $few_firms AND median(grant_eur) * 10 ** $far_away < $grant_max
