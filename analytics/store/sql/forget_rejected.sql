-- Grain: one problem of a rejected row, into the new file: those of rows of the firm stay behind. $telling: values that
-- tell of it; of_firm: batch, sheet and number of rows that are of it.
INSERT INTO without_firm.rejected_rows BY NAME
SELECT * REPLACE (CASE WHEN list_contains($telling, expected) THEN '…' ELSE expected END AS expected)
FROM rejected_rows
WHERE (batch_id, coalesce(sheet, ''), row_number) NOT IN (
    SELECT (batch_id::INTEGER, sheet::VARCHAR, row_number::BIGINT)
    FROM of_firm
    UNION ALL
    SELECT (batch_id, coalesce(sheet, ''), row_number)
    FROM rejected_rows
    WHERE list_contains($telling, value)
)
