-- Grain: firm that applied and sells; funded: it had an award. Firms that only withdrew are in neither arm.
SELECT firm_id, bool_or(outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL) AS funded
FROM current_applications
LEFT JOIN kinds USING (beneficiary_kind)
WHERE coalesce(sells, true)
GROUP BY firm_id
HAVING funded OR bool_or(outcome IN ('not_funded', 'not_admitted'))
