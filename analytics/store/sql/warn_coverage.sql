-- Grain: one row; firms without any value of the outcome, in this file or stored, in the arm with fewer values. percent:
-- of the funded firms that have one; other: the same of the comparison firms.
WITH reporting AS (
    SELECT firm_id FROM staged_spread WHERE reported > 0
    UNION
    SELECT firm_id FROM current_observations WHERE outcome = $outcome
),
shares AS (
    SELECT
        count(*) FILTER (funded AND reporting.firm_id IS NULL) AS funded_count,
        count(*) FILTER (NOT funded AND reporting.firm_id IS NULL) AS comparison_count,
        min(firm_arms.firm_id) FILTER (funded AND reporting.firm_id IS NULL) AS funded_example,
        min(firm_arms.firm_id) FILTER (NOT funded AND reporting.firm_id IS NULL) AS comparison_example,
        coalesce(avg((reporting.firm_id IS NOT NULL)::INTEGER) FILTER (funded), 1) AS funded_share,
        coalesce(avg((reporting.firm_id IS NOT NULL)::INTEGER) FILTER (NOT funded), funded_share) AS comparison_share
    FROM firm_arms
    LEFT JOIN reporting USING (firm_id)
)
SELECT
    if(funded_share <= comparison_share, funded_count, comparison_count) AS count,
    coalesce(if(funded_share <= comparison_share, funded_example, comparison_example), '—') AS example,
    100 * funded_share AS percent,
    100 * comparison_share AS other
FROM shares
WHERE funded_share < $least_coverage OR abs(funded_share - comparison_share) > $coverage_difference
