-- Grain: one row; applications of the file and stored, where all were awarded or none was.
SELECT
    CASE WHEN bool_and(awarded) THEN 'no_comparison' ELSE 'no_award' END AS reason,
    count(*) AS count
FROM staged_and_stored
HAVING count(*) >= $few_firms AND (bool_and(awarded) OR NOT bool_or(awarded))
