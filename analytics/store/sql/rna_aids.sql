-- Grain: one amount of an aid (COR × component × instrument) and file that gave it so; the newest file holds, and earlier
-- ones stay. Unit: euros. component, instrument: "" where the register names none. sector_code: NACE without its section
-- letter; sector_edition: of ATECO, NULL where the register names none. row_number: place among the rows of its file.
CREATE TABLE IF NOT EXISTS rna_aids (
    cor VARCHAR NOT NULL,
    component VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    car VARCHAR,
    title VARCHAR,
    fiscal_code VARCHAR,
    name VARCHAR,
    granted_on DATE,
    nominal DECIMAL(18, 2),
    element DECIMAL(18, 2),
    sector_code VARCHAR,
    sector_edition VARCHAR,
    region VARCHAR,
    cup VARCHAR,
    project VARCHAR,
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL
)
