-- Grain: sheet that is read × column of ours that it has. sheet_name: '' in a file without sheets; theirs: the heading.
CREATE OR REPLACE TEMP TABLE staged_headings (sheet INTEGER NOT NULL, sheet_name VARCHAR, ours VARCHAR, theirs VARCHAR)
