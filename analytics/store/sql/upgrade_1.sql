-- Grain: none; a store of version 1 becomes one of version 2: how files were read, and from which sheet rows come.
ALTER TABLE batches ADD COLUMN reading VARCHAR;
ALTER TABLE rejected_rows ADD COLUMN sheet VARCHAR;
UPDATE store SET schema_version = 2;
