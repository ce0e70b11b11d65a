-- Grain: one row per problem of the file that is being imported, in its order, at most $most.
SELECT r.row_number, coalesce(r.column_name, h.theirs, r.ours), r.value, r.reason, r.expected, coalesce(s.sheet_name, ''), r.ours
FROM staged_rejections AS r
LEFT JOIN staged_headings AS h ON h.sheet = r.sheet AND h.ours = r.ours
LEFT JOIN (SELECT DISTINCT sheet, sheet_name FROM staged_headings) AS s ON s.sheet = r.sheet
ORDER BY r.sheet, r.row_number, r.column_name, r.reason
LIMIT $most
