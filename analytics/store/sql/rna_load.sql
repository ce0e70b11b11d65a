-- Grain: one amount of the staged file that is new, or not as it was before.
INSERT INTO rna_aids
SELECT
    cor, component, instrument, car, title, fiscal_code, name, granted_on, nominal, element, sector_code,
    sector_edition, region, cup, project, $batch_id::INTEGER, row_number
FROM compared_rna_aids
WHERE status <> 'same'
