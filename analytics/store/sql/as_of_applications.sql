-- Grain: one application of the files that count then. It hides the table of its name while the store is open.
CREATE TEMP TABLE applications AS
SELECT *
FROM applications
WHERE batch_id IN (SELECT batch_id FROM batches)
