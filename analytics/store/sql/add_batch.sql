-- Grain: one row, the number that the new batch got.
INSERT INTO batches (
    batch_id, input_table, file_name, sha256, mapping, imported_at, rows_in, rows_loaded, rows_rejected, reading
)
SELECT
    nextval('batch_ids'), $input_table, $file_name, $sha256, $mapping, $imported_at::TIMESTAMP,
    $rows_in, $rows_loaded, $rows_rejected, $reading
RETURNING batch_id
