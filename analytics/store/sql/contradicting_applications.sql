-- Grain: import that counts and gave how an application ended or when it was awarded, of those in which the two contradict.
SELECT DISTINCT batch_id
FROM applications
WHERE batch_id IN (SELECT batch_id FROM live_batches)
    AND (outcome IS NOT NULL OR awarded_on IS NOT NULL)
    AND application_id IN (
        SELECT application_id
        FROM current_applications
        WHERE (outcome IN ('funded', 'revoked')) <> (awarded_on IS NOT NULL) AND outcome <> 'withdrawn'
    )
