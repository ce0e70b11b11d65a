-- Grain: one row per problem of the file that is being imported, in its order; sheet: its number among those read.
SELECT r.sheet, r.row_number, coalesce(r.column_name, h.theirs, r.ours), r.value, r.reason, r.expected
FROM staged_rejections AS r
LEFT JOIN staged_headings AS h ON h.sheet = r.sheet AND h.ours = r.ours
ORDER BY r.sheet, r.row_number, r.column_name, r.reason
