-- Grain: one row; firms whose values in this file replace stored ones and end before the stored ones do, where that is
-- most of those replaced, and the file is no correction of a few firms. value, usual: the last period in the file and stored.
WITH stored AS (
    SELECT firm_id, period, arg_max(value, batch_id) AS value
    FROM current_observations
    WHERE outcome = $outcome AND firm_id IN (SELECT firm_id FROM staged_series)
    GROUP BY firm_id, period
),
stored_ends AS (SELECT firm_id, max(period) AS last_period FROM stored GROUP BY firm_id),
ends AS (
    SELECT firm_id, max(here.period) AS last_period, count(*) FILTER (here.value <> stored.value) AS changed
    FROM staged_series AS here
    LEFT JOIN stored USING (firm_id, period)
    GROUP BY firm_id
)
SELECT
    count(*) FILTER (ends.last_period < stored_ends.last_period) AS count,
    min(firm_id) FILTER (ends.last_period < stored_ends.last_period) AS example,
    arg_min(ends.last_period, firm_id) FILTER (ends.last_period < stored_ends.last_period) AS value,
    arg_min(stored_ends.last_period, firm_id) FILTER (ends.last_period < stored_ends.last_period) AS usual
FROM ends
JOIN stored_ends USING (firm_id)
WHERE changed > 0
HAVING count(*) FILTER (ends.last_period < stored_ends.last_period) > $most * count(*)
    AND count(*) > $most * (SELECT count(DISTINCT firm_id) FROM current_observations WHERE outcome = $outcome)
