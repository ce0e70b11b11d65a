-- Grain: none; what a store of version 2 held, in the tables of this version. A size class that staff and accounts give
-- (computed_size, store/current.py) is computed when it is read: version 2 did not tell those that it had computed from those that were stated.
INSERT INTO store
SELECT 3, programme
FROM store_2;
INSERT INTO batches BY NAME
FROM batches_2;
INSERT INTO rejected_rows BY NAME
FROM rejected_rows_2;
INSERT INTO applications BY NAME
SELECT * EXCLUDE (computed_size) REPLACE (nullif(size_class, computed_size) AS size_class)
FROM (SELECT *, computed_size(employees, turnover_eur, balance_sheet_eur) AS computed_size FROM applications_2);
INSERT INTO observations BY NAME
FROM observations_2;
DROP TABLE store_2;
DROP TABLE batches_2;
DROP TABLE rejected_rows_2;
DROP TABLE applications_2;
DROP TABLE observations_2;
