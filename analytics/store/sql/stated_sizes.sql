-- Grain: staged application with a size class and the number of its staff; euros.
SELECT
    application_id,
    row_number,
    size_class,
    employees::DOUBLE AS employees,
    turnover_eur::DOUBLE AS turnover_eur,
    balance_sheet_eur::DOUBLE AS balance_sheet_eur
FROM staged_applications
WHERE size_class IS NOT NULL AND employees IS NOT NULL
ORDER BY row_number
