-- Grain: period of the staged sales; moment: its number on a line of such periods; rows_in_file: staged rows.
SELECT
    period,
    CASE length(period)
        WHEN 4 THEN period::INTEGER
        WHEN 6 THEN left(period, 4)::INTEGER * 4 + right(period, 1)::INTEGER - 1
        ELSE left(period, 4)::INTEGER * 12 + right(period, 2)::INTEGER - 1
    END AS moment,
    count(*) AS rows_in_file
FROM staged_sales
GROUP BY period
