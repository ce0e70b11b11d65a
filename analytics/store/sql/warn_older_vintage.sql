-- Grain: one row; staged values that differ from the stored one and equal one that it had replaced, where most of what
-- would change does so. value, usual: of the example, in the file and stored.
WITH stored AS (
    SELECT firm_id, period, arg_max(value, batch_id) AS newest, list(DISTINCT value) AS given
    FROM observations
    WHERE outcome = $outcome AND firm_id IN (SELECT firm_id FROM staged_series)
        AND batch_id IN (SELECT batch_id FROM live_batches)
    GROUP BY firm_id, period
),
changed AS (
    SELECT firm_id || ', ' || period AS example, value, newest, list_contains(given, value) AS replaced_before
    FROM staged_series
    JOIN stored USING (firm_id, period)
    WHERE value <> newest
)
SELECT
    count(*) FILTER (replaced_before) AS count,
    min(example) FILTER (replaced_before) AS example,
    arg_min(value, example) FILTER (replaced_before)::DOUBLE AS value,
    arg_min(newest, example) FILTER (replaced_before)::DOUBLE AS usual
FROM changed
HAVING count(*) FILTER (replaced_before) > $most * count(*)
