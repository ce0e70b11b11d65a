-- Grain: one row; firms of the file that have an application stored under another number, where they are more than half.
SELECT
    count(DISTINCT staged.firm_id) FILTER (applications.firm_id IS NOT NULL) AS count,
    min(staged.firm_id) FILTER (applications.firm_id IS NOT NULL) AS example,
    100.0 * count(DISTINCT staged.firm_id) FILTER (applications.firm_id IS NOT NULL)
        / count(DISTINCT staged.firm_id) AS percent
FROM staged_applications AS staged
LEFT JOIN current_applications AS applications
    ON applications.firm_id = staged.firm_id AND applications.application_id <> staged.application_id
HAVING count(DISTINCT staged.firm_id) FILTER (applications.firm_id IS NOT NULL)
    > greatest($few_firms, $most * count(DISTINCT staged.firm_id))
