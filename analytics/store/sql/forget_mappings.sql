-- Grain: one mapping that a file was read by, and how the file was read.
SELECT DISTINCT mapping, reading
FROM every_batch
