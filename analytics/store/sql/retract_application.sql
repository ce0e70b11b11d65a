-- Grain: the application that is taken back.
INSERT INTO applications BY NAME
SELECT $application_id AS application_id, $batch_id AS batch_id, 1 AS row_number, true AS retracted
