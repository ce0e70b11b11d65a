-- Grain: none; the tables of a store of version 2 are set aside, to be brought back into those of this version.
DROP VIEW current_observations;
CREATE TABLE rejected_rows_2 AS
FROM rejected_rows;
DROP TABLE rejected_rows;
CREATE TABLE batches_2 AS
FROM batches;
DROP TABLE batches;
CREATE TABLE applications_2 AS
FROM applications;
DROP TABLE applications;
ALTER TABLE observations RENAME TO observations_2;
ALTER TABLE store RENAME TO store_2;
