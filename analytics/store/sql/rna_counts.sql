-- Grain: one row; unit: amounts of the staged file. missing: without a nominal amount.
SELECT
    count(*) AS staged,
    count(*) FILTER (status = 'same') AS same,
    count(*) FILTER (status = 'revised') AS revised,
    count(*) FILTER (status <> 'same' AND nominal IS NULL) AS missing
FROM compared_rna_aids
