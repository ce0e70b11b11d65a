-- Grain: one imported file, also one that was undone, oldest first.
SELECT
    batch_id, input_table, file_name, sha256, strftime(imported_at, '%Y-%m-%dT%H:%M:%SZ'), rows_in, rows_loaded, rows_rejected,
    strftime(undone_at, '%Y-%m-%dT%H:%M:%SZ'), kept_sha256
FROM every_batch
ORDER BY batch_id
