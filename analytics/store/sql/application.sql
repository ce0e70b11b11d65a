-- Grain: the application of that number, as the store tells it; none or one row.
SELECT application_id, firm_id
FROM current_applications
WHERE application_id = $application_id
