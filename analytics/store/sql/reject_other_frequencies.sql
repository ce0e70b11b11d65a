-- Grain: one problem per staged row of sales whose period is not of the frequency ($length: characters of its form).
INSERT INTO staged_rejections
SELECT sheet, row_number, 'period', NULL, period, $reason, $frequency
FROM staged_sales
WHERE length(period) <> $length
