-- Grain: our column × word that it cannot hold: codes without a meaning, words for "missing". n: rows that say it.
SELECT ours, value, count(*) AS n
FROM staged_rejections
WHERE reason IN ('code', 'missing_word') AND value <> ''
GROUP BY ours, value
ORDER BY ours, n DESC, value
