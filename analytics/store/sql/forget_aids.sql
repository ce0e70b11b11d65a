-- Grain: one aid of $code, by its code in the register, whether the register or an application says so.
SELECT DISTINCT cor
FROM rna_aids
WHERE fiscal_code = $code OR list_contains($cors, cor)
ORDER BY cor
