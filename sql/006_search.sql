-- Search over many runs. What a run has been asked for (attributes, params, tags, last values) is
-- packed by column into blocks of runs once the run is quiet; a run that changed since is read anew.

ALTER TABLE run_activity
    ADD COLUMN project_id uuid,
    ADD COLUMN search_block_id uuid;
UPDATE run_activity a SET project_id = r.project_id FROM run r WHERE r.run_id = a.run_id;
INSERT INTO run_activity (run_id, project_id, updated_at)
SELECT run_id, project_id, updated_at FROM run
ON CONFLICT (run_id) DO NOTHING;
DELETE FROM run_activity WHERE project_id IS NULL;
ALTER TABLE run_activity ALTER COLUMN project_id SET NOT NULL;
COMMENT ON COLUMN run_activity.search_block_id IS
    'the search block that shows the run as it is; null after any change until it is packed anew';
-- Every change of a run sets the column to null, so the runs to be read anew are this index.
CREATE INDEX run_activity_unpacked ON run_activity (project_id, run_id)
    WHERE search_block_id IS NULL;

-- Some runs of a project at rest, by column, in the order of their ids. Columns never change; a row
-- is dead once its run lies in a newer block.
CREATE TABLE search_block (
    project_id uuid    NOT NULL,
    block_id   uuid    NOT NULL,
    run_count  integer NOT NULL,
    dead_count integer NOT NULL,
    dead_bytes bytea   NOT NULL,
    created_at bigint  NOT NULL,
    CONSTRAINT search_block_pkey PRIMARY KEY (project_id, block_id),
    CONSTRAINT search_block_is_not_empty CHECK (run_count > 0)
);
COMMENT ON COLUMN search_block.dead_bytes IS 'a bit a row, the first in the lowest; rows beyond live';

CREATE TABLE search_column (
    project_id   uuid  NOT NULL,
    block_id     uuid  NOT NULL,
    key          text  NOT NULL COLLATE "C",
    column_bytes bytea NOT NULL,
    CONSTRAINT search_column_pkey PRIMARY KEY (project_id, block_id, key)
);
ALTER TABLE search_column ALTER COLUMN column_bytes SET STORAGE EXTERNAL;
COMMENT ON COLUMN search_column.key IS
    'a: attribute, p: param, t: tag, m: last value of a metric, x: its greatest finite value';
