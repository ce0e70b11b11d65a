-- Grain: tranche, as loaded: applications awarded, distinct firms, euros granted (NULL when no grant amount was given).
SELECT
    tranche,
    count(*) AS applications,
    count(DISTINCT firm_id) AS firms,
    sum(grant_eur) AS grant_eur
FROM current_applications
WHERE outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL
GROUP BY tranche
ORDER BY tranche
