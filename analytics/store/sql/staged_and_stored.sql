-- Grain: application of the file or stored; in_file: of the file; plain_name: the name in small letters and digits alone,
-- without its legal form.
WITH every AS (
    SELECT application_id, firm_id, name, outcome, awarded_on, row_number, true AS in_file FROM staged_applications
    UNION ALL
    SELECT application_id, firm_id, name, outcome, awarded_on, row_number, false FROM current_applications
    WHERE application_id NOT IN (SELECT application_id FROM staged_applications)
)
SELECT
    *,
    outcome IN ('funded', 'revoked', 'withdrawn') AND awarded_on IS NOT NULL AS awarded,
    regexp_replace(
        regexp_replace(lower(strip_accents(name)), '[^a-z0-9]', '', 'g'),
        '(srls?|spa|snc|sas|societaaresponsabilitalimitata(semplificata)?|societaperazioni)$', ''
    ) AS plain_name
FROM every
