-- Grain: staged application whose number is stored for another firm, and that firm.
SELECT DISTINCT application_id, stored.firm_id
FROM staged_applications AS staged
JOIN current_applications AS stored USING (application_id)
WHERE staged.firm_id <> stored.firm_id
