-- Grain: one row; staged applications whose number is stored already, for another firm.
SELECT
    count(*) AS count,
    arg_min(staged.application_id, staged.row_number) AS example,
    min(staged.row_number) AS row,
    arg_min(staged.firm_id, staged.row_number) AS firm,
    arg_min(applications.firm_id, staged.row_number) AS other
FROM staged_applications AS staged
JOIN current_applications AS applications USING (application_id)
WHERE staged.firm_id <> applications.firm_id
