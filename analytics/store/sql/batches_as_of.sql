-- Grain: one file that counted at $as_of (UTC, to the second): imported by then, and not undone before.
SELECT batch_id
FROM every_batch
WHERE date_trunc('second', imported_at) <= $as_of::TIMESTAMP
    AND (undone_at IS NULL OR date_trunc('second', undone_at) > $as_of::TIMESTAMP)
