-- Grain: application. What the reconciliation tells of each: how it ended; whether it was awarded, and is the firm's first
-- award, from which the firm counts; whether it was turned down, and is the firm's first that was; euros granted and paid.
-- ineligible: the reason ($ineligible) for which an application of the firm was turned down that no funded firm could
-- have had, of the first such one; NULL: none was. firm_awarded: whether any application of the firm was awarded.
WITH ranked AS (
    SELECT
        *,
        outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL AS awarded,
        outcome IN ('not_funded', 'not_admitted') AS turned_down,
        CASE WHEN list_contains($ineligible, exclusion_reason) THEN exclusion_reason END AS ineligible_reason
    FROM current_applications
)
SELECT
    application_id,
    firm_id,
    outcome,
    tranche,
    awarded,
    turned_down,
    grant_eur,
    paid_eur,
    row_number() OVER (PARTITION BY firm_id, awarded ORDER BY awarded_on, application_id) = 1 AS is_first_award,
    row_number() OVER (PARTITION BY firm_id, turned_down ORDER BY application_id) = 1 AS is_first_turned_down,
    bool_or(awarded) OVER (PARTITION BY firm_id) AS firm_awarded,
    arg_min(ineligible_reason, application_id) FILTER (ineligible_reason IS NOT NULL) OVER (PARTITION BY firm_id)
        AS ineligible
FROM ranked
ORDER BY application_id
