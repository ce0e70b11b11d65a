-- Grain: one row; unit: applications. without_edition: those whose activity code states no edition, read as ATECO 2007;
-- without_day: said to be funded, with no day of award; without_reason: not admitted, and nobody said why.
SELECT
    count(*) AS applications,
    count(*) FILTER (ateco_code IS NOT NULL AND ateco_edition IS NULL) AS without_edition,
    count(*) FILTER (outcome IN ('funded', 'revoked') AND awarded_on IS NULL) AS without_day,
    count(*) FILTER (outcome = 'not_admitted' AND exclusion_reason IS NULL) AS without_reason
FROM current_applications
