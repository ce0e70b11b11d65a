-- Grain: one row per problem found in a row of a file that is loaded in part.
INSERT INTO rejected_rows (batch_id, row_number, column_name, value, reason, expected, sheet)
SELECT $batch_id, r.row_number, coalesce(r.column_name, h.theirs, r.ours), r.value, r.reason, r.expected, s.sheet_name
FROM staged_rejections AS r
LEFT JOIN staged_headings AS h ON h.sheet = r.sheet AND h.ours = r.ours
LEFT JOIN (SELECT DISTINCT sheet, sheet_name FROM staged_headings) AS s ON s.sheet = r.sheet
