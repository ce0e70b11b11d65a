-- The confidential store, schema version 3. Euros and all other observed quantities are decimals, never floats.

-- one row: what this file is
CREATE TABLE store (
    schema_version INTEGER NOT NULL,
    programme VARCHAR NOT NULL
);

CREATE SEQUENCE IF NOT EXISTS batch_ids;

-- one row per imported file, also of those undone since: what counts are those that are not
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
    reading VARCHAR,                    -- how the file was read: sheets, rows, marks, warnings, as JSON
    undone_at TIMESTAMP,                -- UTC; NULL: it counts
    kept_sha256 VARCHAR,                -- of the archived copy, where a firm was deleted from it on request
    CHECK (rows_in = rows_loaded + rows_rejected)
);

-- one row per problem found in a row of a file that was loaded in part
CREATE TABLE rejected_rows (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    expected VARCHAR NOT NULL,
    sheet VARCHAR                       -- NULL in files without sheets
);

-- one row per application and file that speaks of it. NULL: the file says nothing of that column; the newest file that
-- does holds, see store/current.py
CREATE TABLE applications (
    application_id VARCHAR NOT NULL,
    firm_id VARCHAR,
    name VARCHAR,
    ateco_code VARCHAR,
    ateco_edition VARCHAR,
    division INTEGER,                   -- ATECO 2007, mapped from the code's own edition
    province VARCHAR,
    employees DECIMAL(18, 6),
    turnover_eur DECIMAL(18, 2),
    balance_sheet_eur DECIMAL(18, 2),
    size_class VARCHAR,                 -- as stated; where nobody does it is computed when read
    beneficiary_kind VARCHAR,
    channel VARCHAR,
    score DECIMAL(18, 6),
    outcome VARCHAR,
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
    row_number BIGINT NOT NULL,
    emptied VARCHAR[],                  -- columns whose earlier value the file takes back
    retracted BOOLEAN NOT NULL DEFAULT false    -- the whole application is taken back, with all that earlier files said of it
);

-- one row per firm from outside the applicants and file that speaks of it; read as the applications are
CREATE TABLE comparison_firms (
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
    other_aid_on DATE,
    closed_on DATE,
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    emptied VARCHAR[],
    retracted BOOLEAN NOT NULL DEFAULT false
);

-- one row per firm, period, outcome and batch; the newest batch holds. No row: not reported; NULL: taken back
CREATE TABLE observations (
    firm_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,            -- 2021-03, 2021Q1 or 2021
    outcome VARCHAR NOT NULL,
    value DECIMAL(18, 6),
    source VARCHAR,                     -- how the figure was collected
    batch_id INTEGER NOT NULL
);

-- one row per firm deleted on request: of whom is not kept
CREATE TABLE forgotten (
    forgotten_at TIMESTAMP NOT NULL,    -- UTC
    batches INTEGER[] NOT NULL,         -- whose files spoke of it
    releases VARCHAR[] NOT NULL,        -- that cannot be made again: they counted it, or stand beside one that did
    sources VARCHAR[] NOT NULL          -- hashes of files that it stood in, which are not imported again
);
