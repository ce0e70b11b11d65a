-- Grain: one row; what there is of one outcome: values reported, firms that report any, most values above zero of a firm.
SELECT
    coalesce(sum(reported), 0)::BIGINT AS reported,
    count(*) FILTER (reported > 0) AS firms,
    coalesce(max(positive), 0) AS longest
FROM staged_spread
