-- Grain: one row; sources of the figures, where funded and comparison firms have them from different ones: more than
-- $source_difference of one arm would have to change its source. example, other: the commonest of either arm.
WITH collected AS (
    SELECT DISTINCT firm_id, coalesce(source, '—') AS source FROM staged_sales
    UNION
    SELECT DISTINCT firm_id, coalesce(source, '—') FROM current_observations
),
counted AS (
    SELECT source, count(*) FILTER (funded) AS funded, count(*) FILTER (NOT funded) AS comparison
    FROM collected
    JOIN firm_arms USING (firm_id)
    GROUP BY source
),
shares AS (
    SELECT
        source,
        funded / nullif(sum(funded) OVER (), 0) AS funded,
        comparison / nullif(sum(comparison) OVER (), 0) AS comparison
    FROM counted
)
SELECT count(*) AS count, arg_max(source, funded) AS example, arg_max(source, comparison) AS other
FROM shares
HAVING sum(abs(funded - comparison)) / 2 > $source_difference
