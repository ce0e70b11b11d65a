-- Grain: staged firm from outside the applicants, as an application that was never made, so that the same is asked of both.
SELECT
    *,
    firm_id AS application_id,
    NULL::VARCHAR AS outcome,
    NULL::VARCHAR AS tranche,
    NULL::DATE AS awarded_on,
    NULL::DECIMAL(18, 6) AS grant_eur,
    NULL::DECIMAL(18, 6) AS eligible_spend_eur,
    NULL::DECIMAL(18, 6) AS paid_eur
FROM staged_comparison
