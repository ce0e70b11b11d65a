-- Grain: one row; staged applications with a reason of exclusion that the programme file does not know ($known_reasons).
-- words: the commonest of them, at most ten.
WITH strange AS (
    SELECT exclusion_reason AS word, count(*) AS n, min(row_number) AS row
    FROM staged_applications
    WHERE exclusion_reason IS NOT NULL AND NOT list_contains($known_reasons, exclusion_reason)
    GROUP BY exclusion_reason
)
SELECT
    sum(n)::BIGINT AS count,
    arg_max(word, n) AS example,
    min(row) AS row,
    string_agg(word, '; ' ORDER BY n DESC, word) FILTER (place <= 10) AS words
FROM (SELECT *, row_number() OVER (ORDER BY n DESC, word) AS place FROM strange)
