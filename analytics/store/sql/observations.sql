-- Grain: firm × period × outcome, the newest value. Unit: the outcome's own. No row: not reported.
SELECT firm_id, period, outcome, value::DOUBLE AS value
FROM current_observations
ORDER BY outcome, firm_id, period
