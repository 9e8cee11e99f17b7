-- Points at rest. A `segment` row is one commit's points of one series and lives for seconds; the
-- merger turns them into `chunk` rows: sorted, each point once, chunks of a series never overlapping.

DROP INDEX segment_unmerged;
ALTER TABLE segment DROP COLUMN is_merged;
-- What the live feed and the merger read, in the order of the time-ordered ids.
CREATE INDEX segment_by_project ON segment (project_id, segment_id);

CREATE TABLE chunk (
    run_id           uuid    NOT NULL,
    metric_index     integer NOT NULL,
    last_step        bigint  NOT NULL,
    chunk_id         uuid    NOT NULL,
    point_count      integer NOT NULL,
    not_finite_count integer NOT NULL,
    first_step       bigint  NOT NULL,
    first_time       bigint  NOT NULL,
    last_time        bigint  NOT NULL,
    is_time_ordered  boolean NOT NULL,
    min_value        double precision,
    max_value        double precision,
    last_value       double precision NOT NULL,
    block_bytes      bytea   NOT NULL,
    step_bytes       bytea   NOT NULL,
    time_bytes       bytea   NOT NULL,
    value_bytes      bytea   NOT NULL,
    CONSTRAINT chunk_pkey PRIMARY KEY (run_id, metric_index, last_step, chunk_id),
    CONSTRAINT chunk_is_not_empty CHECK (point_count > 0)
);
ALTER TABLE chunk
    ALTER COLUMN block_bytes SET STORAGE EXTERNAL,
    ALTER COLUMN step_bytes SET STORAGE EXTERNAL,
    ALTER COLUMN time_bytes SET STORAGE EXTERNAL,
    ALTER COLUMN value_bytes SET STORAGE EXTERNAL;
COMMENT ON COLUMN chunk.first_time IS 'least time of its points, microseconds since 1970';
COMMENT ON COLUMN chunk.last_time IS 'greatest time of its points, microseconds since 1970';
COMMENT ON COLUMN chunk.is_time_ordered IS 'whether times never go back in the order of steps';
COMMENT ON COLUMN chunk.block_bytes IS 'summaries of blocks of points within the chunk';

-- Rows that come and go, and rows that are written anew all the time: dead ones are cleared early,
-- so that their space is used again and tables stay the size of what they hold.
ALTER TABLE segment SET (
    autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_scale_factor = 0.5, autovacuum_analyze_threshold = 50000,
    autovacuum_vacuum_cost_delay = 0,
    toast.autovacuum_vacuum_scale_factor = 0.0, toast.autovacuum_vacuum_threshold = 20000,
    toast.autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE chunk SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.2,
    toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_threshold = 5000
);
ALTER TABLE metric SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE run_activity SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
