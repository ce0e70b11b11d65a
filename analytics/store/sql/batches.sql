-- Grain: one imported file, oldest first.
SELECT batch_id, input_table, file_name, sha256, strftime(imported_at, '%Y-%m-%dT%H:%M:%SZ'), rows_in, rows_loaded, rows_rejected
FROM batches
ORDER BY batch_id
