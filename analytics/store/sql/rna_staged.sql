-- Grain: one amount of one file, none yet; the columns of rna_aids. batch_id: 0.
CREATE OR REPLACE TEMP TABLE staged_rna_aids AS
FROM rna_aids
LIMIT 0
