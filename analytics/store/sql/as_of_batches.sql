-- Grain: one file imported by $as_of (UTC, to the second). It hides the table of its name while the store is open.
CREATE TEMP TABLE batches AS
SELECT *
FROM batches
WHERE date_trunc('second', imported_at) <= $as_of::TIMESTAMP
