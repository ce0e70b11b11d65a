-- Grain: reason of exclusion; unit: applications.
SELECT exclusion_reason AS reason, count(*) AS applications
FROM current_applications
WHERE exclusion_reason IS NOT NULL
GROUP BY exclusion_reason
ORDER BY applications DESC, reason
