-- Grain: one row per problem found in a row of the file that is being imported. sheet: its number among those read;
-- column_name: the file's, NULL where staged_headings tells it; ours: our column, '' where the whole row is wrong.
CREATE OR REPLACE TEMP TABLE staged_rejections (
    sheet INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    ours VARCHAR NOT NULL,
    column_name VARCHAR,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    expected VARCHAR NOT NULL
)
