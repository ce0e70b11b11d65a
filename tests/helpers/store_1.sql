-- The store as version 1 made it: what stores that offices have look like before they are brought up.

-- one row: what this file is
CREATE TABLE store (
    schema_version INTEGER NOT NULL,
    programme VARCHAR NOT NULL,
    frequency VARCHAR CHECK (frequency IN ('M', 'Q', 'Y'))     -- of the sales, set by the first import
);

CREATE SEQUENCE batch_ids;

-- one row per imported file
CREATE TABLE batches (
    batch_id INTEGER PRIMARY KEY,
    input_table VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    mapping VARCHAR NOT NULL,           -- the mapping in force, as JSON
    imported_at TIMESTAMP NOT NULL,     -- UTC
    rows_in BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    CHECK (rows_in = rows_loaded + rows_rejected),
    UNIQUE (input_table, sha256, mapping)
);

-- one row per problem found in a row of a file that was loaded in part
CREATE TABLE rejected_rows (
    batch_id INTEGER NOT NULL REFERENCES batches (batch_id),
    row_number BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    expected VARCHAR NOT NULL
);

-- one row per application
CREATE TABLE applications (
    application_id VARCHAR PRIMARY KEY,
    firm_id VARCHAR NOT NULL,
    name VARCHAR,
    ateco_code VARCHAR,
    ateco_edition VARCHAR,
    division INTEGER,                   -- ATECO 2007, mapped from the code's own edition
    province VARCHAR,
    employees DECIMAL(18, 6),
    turnover_eur DECIMAL(18, 2),
    balance_sheet_eur DECIMAL(18, 2),
    size_class VARCHAR,
    beneficiary_kind VARCHAR,
    channel VARCHAR,
    score DECIMAL(18, 6),
    outcome VARCHAR NOT NULL,
    tranche VARCHAR,
    awarded_on DATE,
    grant_eur DECIMAL(18, 2),
    eligible_spend_eur DECIMAL(18, 2),
    paid_eur DECIMAL(18, 2),
    cor VARCHAR,
    exclusion_reason VARCHAR,
    other_aid_on DATE,
    closed_on DATE,
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL
);

-- one row per firm, period, outcome and batch; the newest batch holds. No row: not reported
CREATE TABLE observations (
    firm_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,            -- 2021-03, 2021Q1 or 2021
    outcome VARCHAR NOT NULL,
    value DECIMAL(18, 6) NOT NULL,
    source VARCHAR,                     -- how the figure was collected
    batch_id INTEGER NOT NULL
);

-- grain: firm, period, outcome; unit: the outcome's own
CREATE VIEW current_observations AS
SELECT firm_id, period, outcome, value, source
FROM observations
QUALIFY row_number() OVER (PARTITION BY firm_id, period, outcome ORDER BY batch_id DESC) = 1;
