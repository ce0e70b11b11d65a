-- Grain: one application of $code with each code that a file gives of its aid. Whose an application is, the newest file
-- that counts says; where none does, the newest.
SELECT DISTINCT application_id, cor
FROM applications
WHERE application_id IN (
    SELECT application_id
    FROM applications
    JOIN every_batch USING (batch_id)
    GROUP BY application_id
    HAVING arg_max(firm_id, batch_id + CASE WHEN undone_at IS NULL THEN 1000000000000 ELSE 0 END) = $code
)
ORDER BY ALL
