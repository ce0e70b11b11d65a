-- Grain: one firm deleted on request, in the order of the deletions.
SELECT strftime(forgotten_at, '%Y-%m-%dT%H:%M:%SZ'), batches, releases, sources
FROM every_forgotten
ORDER BY forgotten_at
