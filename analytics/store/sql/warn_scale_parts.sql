-- Grain: sheets, or sources, whose typical value is a power of ten away from that of the others. value, usual: medians.
WITH parts AS (
    SELECT 'scale_sheets' AS reason, sheet::VARCHAR AS part, sheet, firm_id, magnitude FROM staged_series
    UNION ALL
    SELECT 'scale_sources', source, NULL, firm_id, magnitude FROM staged_series
),
typical AS (
    SELECT reason, part, any_value(sheet) AS sheet, median(magnitude) AS level
    FROM parts
    WHERE part IS NOT NULL AND magnitude IS NOT NULL
    GROUP BY reason, part
    HAVING count(DISTINCT firm_id) >= $few_firms
),
compared AS (
    SELECT here.reason, here.part, here.sheet, here.level, median(others.level) AS usual
    FROM typical AS here
    JOIN typical AS others ON here.reason = others.reason AND here.part <> others.part
    GROUP BY ALL
)
SELECT
    reason,
    count(*) AS count,
    arg_min(part, level) AS example,
    arg_min(sheet, level) AS sheet,
    10 ** round(arg_min(abs(level - usual), level)) AS factor,
    10 ** arg_min(level, level) AS value,
    10 ** arg_min(usual, level) AS usual
FROM compared
WHERE round(abs(level - usual)) >= 2 AND abs(abs(level - usual) - round(abs(level - usual))) <= $near_power
GROUP BY reason
