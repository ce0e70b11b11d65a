-- Grain: one row; firms that report the same value, above zero, in every period.
SELECT count(*) AS count, min(firm_id) AS example, arg_min(highest, firm_id)::DOUBLE AS value
FROM staged_spread
WHERE positive >= $few_periods AND positive = reported AND lowest = highest
