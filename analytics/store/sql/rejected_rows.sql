-- Grain: one row per problem found in a row of a file that was loaded in part, in the file's order.
SELECT row_number, column_name, value, reason, expected, coalesce(sheet, '') AS sheet
FROM rejected_rows
WHERE batch_id = $batch_id
ORDER BY row_number, column_name
