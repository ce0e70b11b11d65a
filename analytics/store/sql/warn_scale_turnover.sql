-- Grain: reason; firms whose sales of a year ($periods_a_year periods) are about a thousand times, or a thousandth, of the
-- turnover in their application, or as firms from outside: the typical firm, or some. value, usual: a year's sales, turnover.
WITH turnovers AS (
    SELECT firm_id, max(turnover_eur)::DOUBLE AS turnover
    FROM (
        SELECT firm_id, turnover_eur FROM current_applications
        UNION ALL
        SELECT firm_id, turnover_eur FROM current_comparison_firms
    )
    WHERE turnover_eur > 0
    GROUP BY firm_id
),
years AS (
    SELECT firm_id, 10 ** typical * $periods_a_year * positive / reported AS value FROM staged_spread WHERE positive > 0
),
shifts AS (
    SELECT firm_id, value, turnover, abs(log10(value / turnover)) AS distance
    FROM years
    JOIN turnovers USING (firm_id)
),
file AS (SELECT abs(median(log10(value / turnover))) AS distance, count(*) AS firms FROM shifts)
SELECT
    CASE
        WHEN abs(file.distance - 3) <= $near_power AND file.firms >= $few_firms THEN 'scale_file_turnover'
        ELSE 'scale_turnover'
    END AS reason,
    count(*) AS count,
    min(firm_id) AS example,
    10 ** round(arg_min(shifts.distance, firm_id)) AS factor,
    arg_min(value, firm_id) AS value,
    arg_min(turnover, firm_id) AS usual
FROM shifts, file
WHERE abs(shifts.distance - 3) <= $near_power
GROUP BY reason
