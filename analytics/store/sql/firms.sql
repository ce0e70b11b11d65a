-- Grain: one row per firm that applied, or that is compared from outside the applicants (`outside`), where it did not.
-- A firm with more than one award counts from the first. A firm without award is a comparison, unless it is set aside:
-- it withdrew, or an application of its was turned down for a reason that no funded firm could have had ($ineligible).
-- Firms from outside are always set aside.
-- closed_on, other_aid_on: the earliest that any of its applications knows of. sells: false for kinds of beneficiaries
-- that have no sales (associations, universities): they are counted, and left out of effects. below_threshold: turned
-- down for its score ($threshold). eligibility_known: NULL for funded firms; false where nobody said why a firm was not
-- admitted. source: how its figures were collected, "a+z (n)" where in n ways, NULL where some do not say.
-- division: ATECO 2007; its sector, and every other dimension, is told by the programme file (programme/dimensions.py).
-- employees: full-time equivalents; grant_eur, eligible_spend_eur, paid_eur: euros; score: points; awarded_on: day, NULL
-- for firms without award.
WITH ranked AS (
    SELECT
        *,
        outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL AS awarded,
        outcome IN ('not_funded', 'not_admitted') AS turned_down,
        coalesce(list_contains($ineligible, exclusion_reason), false) AS ineligible,
        coalesce(list_contains($threshold, exclusion_reason), false) AS below_threshold
    FROM current_applications
),
first_award AS (
    SELECT *, false AS set_aside, NULL::BOOLEAN AS eligibility_known
    FROM ranked
    WHERE awarded
    QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY awarded_on, application_id) = 1
),
without_award AS (
    SELECT
        *,
        bool_or(ineligible) OVER (PARTITION BY firm_id)
            OR NOT bool_or(turned_down) OVER (PARTITION BY firm_id) AS set_aside,
        outcome = 'not_funded' OR (exclusion_reason IS NOT NULL AND len($ineligible) > 0) AS eligibility_known
    FROM ranked
    WHERE firm_id NOT IN (SELECT firm_id FROM ranked WHERE awarded)
    QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY turned_down DESC, application_id) = 1
),
from_outside AS (
    SELECT *, true AS set_aside, NULL::BOOLEAN AS eligibility_known, false AS below_threshold, true AS outside
    FROM current_comparison_firms
    WHERE firm_id NOT IN (SELECT firm_id FROM ranked)
),
known AS (
    SELECT firm_id, min(closed_on) AS closed_on, min(other_aid_on) AS other_aid_on
    FROM (
        SELECT firm_id, closed_on, other_aid_on FROM current_applications
        UNION ALL
        SELECT firm_id, closed_on, other_aid_on FROM from_outside
    )
    GROUP BY firm_id
),
collected AS (
    SELECT
        firm_id,
        CASE
            WHEN count(*) > count(source) THEN NULL
            WHEN count(DISTINCT source) = 1 THEN min(source)
            ELSE min(source) || '+' || max(source) || ' (' || count(DISTINCT source) || ')'
        END AS source
    FROM current_observations
    GROUP BY firm_id
),
firms AS (
    SELECT *, false AS outside FROM first_award
    UNION ALL BY NAME
    SELECT *, false AS outside FROM without_award
    UNION ALL BY NAME
    SELECT * FROM from_outside
)
SELECT
    firms.firm_id,
    firms.set_aside,
    firms.outside,
    firms.division,
    firms.awarded_on,
    firms.tranche,
    firms.size_class,
    firms.channel,
    firms.province,
    firms.beneficiary_kind,
    coalesce(kinds.sells, true) AS sells,
    firms.employees::DOUBLE AS employees,
    firms.grant_eur,
    firms.eligible_spend_eur,
    firms.paid_eur,
    firms.score::DOUBLE AS score,
    firms.below_threshold,
    firms.eligibility_known,
    known.closed_on,
    known.other_aid_on,
    collected.source
FROM firms
JOIN known USING (firm_id)
LEFT JOIN collected USING (firm_id)
LEFT JOIN kinds USING (beneficiary_kind)
ORDER BY firms.firm_id
