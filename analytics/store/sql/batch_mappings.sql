-- Grain: one imported file, and the mapping that it was read by.
SELECT batch_id, mapping
FROM every_batch
