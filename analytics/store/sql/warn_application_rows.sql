-- Grain: reason and column; rows of the staged applications with a date or an amount that cannot well be.
-- example: the first one's application_id. value, limit: euros or persons; day, other_day: the dates compared.
WITH found AS (
    SELECT 'closed_long_ago' AS reason, 'closed_on' AS "column", application_id, row_number, closed_on AS day
    FROM staged_applications
    WHERE closed_on < $first_closing::DATE
    UNION ALL BY NAME
    SELECT 'closed_in_future' AS reason, 'closed_on' AS "column", application_id, row_number, closed_on AS day
    FROM staged_applications
    WHERE closed_on > $today::DATE
    UNION ALL BY NAME
    SELECT 'closed_before_award' AS reason, 'closed_on' AS "column", application_id, row_number, closed_on AS day,
        awarded_on AS other_day
    FROM staged_applications
    WHERE closed_on < awarded_on AND closed_on >= $first_closing::DATE
    UNION ALL BY NAME
    SELECT 'closed_before_call' AS reason, 'closed_on' AS "column", application_id, row_number, closed_on AS day,
        $call_opened::DATE AS other_day
    FROM staged_applications
    WHERE closed_on < $call_opened::DATE AND awarded_on IS NULL AND closed_on >= $first_closing::DATE
    UNION ALL BY NAME
    SELECT 'awarded_in_future' AS reason, 'awarded_on' AS "column", application_id, row_number, awarded_on AS day
    FROM staged_applications
    WHERE awarded_on > $today::DATE
    UNION ALL BY NAME
    SELECT 'awarded_far_from_decision' AS reason, 'awarded_on' AS "column", application_id, row_number,
        awarded_on AS day, decided_on::DATE AS other_day
    FROM staged_applications
    JOIN decisions USING (tranche)
    WHERE abs(awarded_on - decided_on::DATE) > $days_from_decision AND awarded_on <= $today::DATE
    UNION ALL BY NAME
    SELECT 'awarded_long_after_call' AS reason, 'awarded_on' AS "column", application_id, row_number,
        awarded_on AS day, $call_opened::DATE AS other_day
    FROM staged_applications
    WHERE awarded_on - $call_opened::DATE > $days_from_call AND awarded_on <= $today::DATE
    UNION ALL BY NAME
    SELECT 'other_aid_far' AS reason, 'other_aid_on' AS "column", application_id, row_number, other_aid_on AS day
    FROM staged_applications
    WHERE other_aid_on > $today::DATE OR other_aid_on < $first_other_aid::DATE
    UNION ALL BY NAME
    SELECT 'staff_above_sme' AS reason, 'employees' AS "column", application_id, row_number,
        employees::DOUBLE AS value, $sme_staff AS "limit"
    FROM staged_applications
    WHERE $sme_only AND outcome IN ('funded', 'revoked', 'not_funded') AND employees >= $sme_staff
    UNION ALL BY NAME
    SELECT 'turnover_above_sme' AS reason, 'turnover_eur' AS "column", application_id, row_number,
        turnover_eur::DOUBLE AS value, $sme_turnover AS "limit"
    FROM staged_applications
    WHERE $sme_only AND outcome IN ('funded', 'revoked', 'not_funded') AND turnover_eur > $sme_turnover
        AND coalesce(balance_sheet_eur, turnover_eur) > $sme_balance
    UNION ALL BY NAME
    SELECT 'grant_above_spend' AS reason, 'grant_eur' AS "column", application_id, row_number,
        grant_eur::DOUBLE AS value, eligible_spend_eur::DOUBLE AS "limit"
    FROM staged_applications
    WHERE grant_eur > eligible_spend_eur + $rounding
    UNION ALL BY NAME
    SELECT 'paid_above_grant' AS reason, 'paid_eur' AS "column", application_id, row_number,
        paid_eur::DOUBLE AS value, grant_eur::DOUBLE AS "limit"
    FROM staged_applications
    WHERE paid_eur > grant_eur + $rounding
    UNION ALL BY NAME
    SELECT 'grant_zero' AS reason, 'grant_eur' AS "column", application_id, row_number
    FROM staged_applications
    WHERE grant_eur = 0 AND awarded_on IS NOT NULL
)
SELECT
    reason,
    "column",
    count(*) AS count,
    arg_min(application_id, row_number) AS example,
    min(row_number) AS row,
    arg_min(value, row_number) AS value,
    arg_min("limit", row_number) AS "limit",
    arg_min(day, row_number) AS day,
    arg_min(other_day, row_number) AS other_day
FROM found
GROUP BY reason, "column"
