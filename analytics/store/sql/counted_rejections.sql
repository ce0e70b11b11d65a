-- Grain: column × reason of the problems of the file that is being imported, the most first. first: the earliest of them.
SELECT coalesce(r.column_name, h.theirs, r.ours), r.reason, count(*) AS n, min((r.sheet, r.row_number))[2],
    arg_min(r.value, (r.sheet, r.row_number)), arg_min(r.expected, (r.sheet, r.row_number))
FROM staged_rejections AS r
LEFT JOIN staged_headings AS h ON h.sheet = r.sheet AND h.ours = r.ours
GROUP BY 1, 2
ORDER BY n DESC, 1, 2
