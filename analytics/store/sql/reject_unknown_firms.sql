-- Grain: one problem per staged row of sales whose firm neither applied nor is compared from outside.
INSERT INTO staged_rejections
SELECT sheet, row_number, 'fiscal_code', NULL, firm_id, $reason, ''
FROM staged_sales
WHERE firm_id NOT IN (SELECT firm_id FROM current_applications UNION SELECT firm_id FROM current_comparison_firms)
