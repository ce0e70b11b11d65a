-- Grain: one row; unit: values of the batch that replace one of an earlier batch for the same firm, period and outcome.
SELECT count(*) AS superseded
FROM observations AS new
WHERE new.batch_id = $batch_id
    AND EXISTS (
        SELECT 1
        FROM observations AS old
        WHERE old.firm_id = new.firm_id AND old.period = new.period AND old.outcome = new.outcome
            AND old.batch_id < new.batch_id
    )
