-- Grain: one problem per staged row of sales whose firm and period stand in an earlier row too; expected: that row.
-- Firms with fewer distinct periods than rows are found first, by a bit per period: only their rows are compared.
INSERT INTO staged_rejections
WITH numbered AS (
    SELECT
        firm_id,
        (left(period, 4)::INTEGER - 1900) * 17 + CASE length(period)
            WHEN 7 THEN right(period, 2)::INTEGER
            WHEN 6 THEN 12 + right(period, 1)::INTEGER
            ELSE 0
        END AS period_number
    FROM staged_sales
),
suspects AS (
    SELECT firm_id
    FROM numbered
    GROUP BY firm_id
    HAVING count(*) > bit_count(bitstring_agg(period_number, 0, 3434))
),
repeated AS (
    SELECT firm_id, period, min((sheet, row_number)) AS first_place
    FROM staged_sales
    WHERE firm_id IN (FROM suspects)
    GROUP BY firm_id, period
    HAVING count(*) > 1
)
SELECT sheet, row_number, 'period', NULL, period, $reason, first_place[2]::VARCHAR
FROM staged_sales
JOIN repeated USING (firm_id, period)
WHERE (sheet, row_number) > first_place
