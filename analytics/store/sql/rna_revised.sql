-- Grain: one amount that the staged file gives otherwise than before, the largest differences first; unit: euros, as text.
SELECT
    cor,
    earlier_nominal::VARCHAR AS earlier_nominal,
    nominal::VARCHAR AS nominal,
    earlier_element::VARCHAR AS earlier_element,
    element::VARCHAR AS element,
    earlier_granted_on::VARCHAR AS earlier_granted_on,
    granted_on::VARCHAR AS granted_on
FROM compared_rna_aids
WHERE status = 'revised'
ORDER BY
    abs(coalesce(nominal, 0) - coalesce(earlier_nominal, 0)) DESC,
    abs(coalesce(element, 0) - coalesce(earlier_element, 0)) DESC,
    cor, component, instrument, row_number
LIMIT $most
