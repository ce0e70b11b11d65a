-- Grain: one amount of the staged file, also one that is as it was before: it holds by itself if the earlier file is undone.
INSERT INTO rna_aids
SELECT
    cor, component, instrument, car, title, fiscal_code, name, granted_on, nominal, element, sector_code,
    sector_edition, region, cup, project, $batch_id::INTEGER, row_number
FROM compared_rna_aids
