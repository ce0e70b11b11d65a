-- Grain: the import that does not count any more; $undone_at: UTC.
UPDATE batches
SET undone_at = $undone_at::TIMESTAMP
WHERE batch_id = $batch_id
