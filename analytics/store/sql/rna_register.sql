-- Grain: one aid (COR) as the newest files give it. Unit: euros, as text; NULL where no instrument has an amount.
WITH newest AS (
    SELECT *
    FROM rna_aids
    WHERE batch_id IN (SELECT batch_id FROM live_batches)
    QUALIFY row_number() OVER (
        PARTITION BY cor, component, instrument ORDER BY batch_id DESC, rna_aids.row_number DESC
    ) = 1
)
SELECT
    cor,
    arg_max(car, batch_id) AS car,
    arg_max(title, batch_id) AS title,
    arg_max(fiscal_code, batch_id) AS fiscal_code,
    arg_max(name, batch_id) AS name,
    arg_max(granted_on, batch_id)::VARCHAR AS granted_on,
    sum(nominal)::VARCHAR AS nominal
FROM newest
GROUP BY cor
ORDER BY cor
