-- Grain: how applications ended; unit: applications.
SELECT outcome, count(*) AS applications, count(awarded_on) AS awarded
FROM current_applications
GROUP BY outcome
ORDER BY outcome
