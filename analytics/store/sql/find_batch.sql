-- Grain: the newest import that counts of this very file, read by this mapping; none or one row.
SELECT
    batch_id, input_table, file_name, sha256, strftime(imported_at, '%Y-%m-%dT%H:%M:%SZ'), rows_in, rows_loaded, rows_rejected,
    strftime(undone_at, '%Y-%m-%dT%H:%M:%SZ'), kept_sha256
FROM live_batches
WHERE input_table = $input_table AND sha256 = $sha256 AND mapping = $mapping
ORDER BY batch_id DESC
LIMIT 1
