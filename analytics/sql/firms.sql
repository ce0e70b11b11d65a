-- Grain: one row per firm in either arm of the comparison.
-- A firm with more than one award counts from the first. A firm without award is a comparison, unless it withdrew or an
-- application of its was turned down for a reason that no funded firm could have had ($ineligible).
-- closed_on: the earliest closure that any of its applications knows of. sells: false for kinds of beneficiaries that
-- have no sales (associations, universities): they are counted, and left out of effects.
-- employees: full-time equivalents; grant_eur, eligible_spend_eur: euros; awarded_on: day, NULL for comparison firms.
WITH ranked AS (
    SELECT
        *,
        outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL AS awarded,
        coalesce(list_contains($ineligible, exclusion_reason), false) AS ineligible
    FROM applications
),
first_award AS (
    SELECT * FROM ranked
    WHERE awarded
    QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY awarded_on, application_id) = 1
),
comparison AS (
    SELECT * FROM ranked
    WHERE outcome IN ('not_funded', 'not_admitted')
        AND firm_id NOT IN (SELECT firm_id FROM ranked WHERE awarded OR ineligible)
    QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY application_id) = 1
),
closures AS (
    SELECT firm_id, min(closed_on) AS closed_on FROM applications GROUP BY firm_id
),
arms AS (
    SELECT * FROM first_award
    UNION ALL
    SELECT * FROM comparison
)
SELECT
    arms.firm_id,
    coalesce(sectors.sector, $only_sector) AS sector,
    coalesce(sectors.macro_sector, $only_macro_sector) AS macro_sector,
    arms.awarded_on,
    arms.tranche AS wave,
    arms.size_class,
    arms.channel,
    areas.area,
    arms.beneficiary_kind,
    coalesce(kinds.sells, true) AS sells,
    arms.employees::DOUBLE AS employees,
    arms.grant_eur,
    arms.eligible_spend_eur,
    closures.closed_on
FROM arms
JOIN closures USING (firm_id)
LEFT JOIN sectors USING (division)
LEFT JOIN areas USING (province)
LEFT JOIN kinds USING (beneficiary_kind)
ORDER BY arms.firm_id
