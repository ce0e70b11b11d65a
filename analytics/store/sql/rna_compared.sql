-- Grain: one amount of the staged file, beside what held for it before: an earlier file's, or an earlier row's of this one.
-- Unit: euros. status: new, same (nothing differs) or revised; earlier_nominal, earlier_element, earlier_granted_on: what
-- held before, NULL for new ones.
CREATE OR REPLACE TEMP TABLE compared_rna_aids AS
WITH stored AS (
    SELECT *
    FROM rna_aids
    WHERE batch_id IN (SELECT batch_id FROM live_batches)
        AND (cor, component, instrument) IN (SELECT (cor, component, instrument) FROM staged_rna_aids)
    QUALIFY row_number() OVER (
        PARTITION BY cor, component, instrument ORDER BY batch_id DESC, rna_aids.row_number DESC
    ) = 1
),
every AS (
    SELECT * REPLACE (0 AS row_number), false AS is_staged FROM stored
    UNION ALL
    SELECT *, true AS is_staged FROM staged_rna_aids
),
described AS (
    SELECT *, [car, title, fiscal_code, name, sector_code, sector_edition, region, cup, project] AS words FROM every
),
beside AS (
    SELECT
        *,
        lag(true, 1, false) OVER before AS is_known,
        lag(nominal) OVER before AS earlier_nominal,
        lag(element) OVER before AS earlier_element,
        lag(granted_on) OVER before AS earlier_granted_on,
        lag(words) OVER before AS earlier_words
    FROM described
    WINDOW before AS (PARTITION BY cor, component, instrument ORDER BY is_staged, described.row_number)
)
SELECT
    *,
    CASE
        WHEN NOT is_known THEN 'new'
        WHEN nominal IS NOT DISTINCT FROM earlier_nominal
            AND element IS NOT DISTINCT FROM earlier_element
            AND granted_on IS NOT DISTINCT FROM earlier_granted_on
            AND words IS NOT DISTINCT FROM earlier_words
            THEN 'same'
        ELSE 'revised'
    END AS status
FROM beside
WHERE is_staged
