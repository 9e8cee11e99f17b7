-- The life of runs: groups, attempts, corrected params, ends that nobody declared, and the way from
-- deletion to purge.

ALTER TABLE run
    ADD COLUMN group_name text COLLATE "C",
    ADD COLUMN lost_at bigint,
    ADD COLUMN is_purging boolean NOT NULL DEFAULT false;
ALTER TABLE run ADD CONSTRAINT run_group_is_valid CHECK (char_length(group_name) BETWEEN 1 AND 250);
COMMENT ON COLUMN run.group_name IS 'runs that belong together; null when none was named';
COMMENT ON COLUMN run.lost_at IS
    'when the server ended the run because it had been silent for long; null after any other end';
COMMENT ON COLUMN run.is_purging IS 'its rows are being removed for good: nothing brings it back';
ALTER TABLE project ADD COLUMN is_purging boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN project.is_purging IS 'as of a run, for the project and all its runs';

-- Each of these holds few rows at a time: running, lost, purged, deleted, nested, grouped runs.
CREATE INDEX run_running ON run (run_id) WHERE status = 'running' AND deleted_at IS NULL;
CREATE INDEX run_lost ON run (run_id) WHERE lost_at IS NOT NULL;
CREATE INDEX run_purging ON run (run_id) WHERE is_purging;
CREATE INDEX run_deleted ON run (deleted_at, run_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX run_by_parent ON run (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX run_by_group ON run (project_id, group_name) WHERE group_name IS NOT NULL;

-- One row each time a run that had ended went on: how it had ended, and from which step on the new
-- attempt counts.
CREATE TABLE attempt (
    run_id        uuid    NOT NULL,
    attempt_index integer NOT NULL,
    started_at    bigint  NOT NULL,
    from_step     bigint,
    before_status text    NOT NULL,
    before_end    bigint,
    CONSTRAINT attempt_pkey PRIMARY KEY (run_id, attempt_index)
);
COMMENT ON COLUMN attempt.attempt_index IS '1 is the first resumption; attempt 0 has no row';
COMMENT ON COLUMN attempt.from_step IS 'first step of the attempt; null when nobody said';
COMMENT ON COLUMN attempt.before_end IS 'end of the attempt before, microseconds since 1970';

-- Params corrected after they were logged, with what stood before.
CREATE TABLE param_change (
    run_id     uuid   NOT NULL,
    changed_at bigint NOT NULL,
    key        text   NOT NULL COLLATE "C",
    old_value  text   COLLATE "C",
    CONSTRAINT param_change_pkey PRIMARY KEY (run_id, changed_at, key)
);
COMMENT ON COLUMN param_change.old_value IS 'null when the param was not there';
