-- Grain: the figure that is taken back.
INSERT INTO observations
SELECT $firm_id, $period, $outcome, NULL, NULL, $batch_id
