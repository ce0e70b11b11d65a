-- Grain: firm × period × outcome, the newest value then; unit: the outcome's own. It hides the view of its name.
CREATE TEMP VIEW current_observations AS
SELECT firm_id, period, outcome, value, source
FROM observations
WHERE batch_id IN (SELECT batch_id FROM batches)
QUALIFY row_number() OVER (PARTITION BY firm_id, period, outcome ORDER BY batch_id DESC) = 1
