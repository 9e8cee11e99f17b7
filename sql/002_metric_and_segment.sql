-- Metric series: one `metric` row names a series of a run and summarises it; its points lie in
-- `segment` rows, each a contiguous batch in three compressed columns.

CREATE TABLE metric (
    run_id           uuid    NOT NULL,
    metric_index     integer NOT NULL,
    name             text    NOT NULL COLLATE "C",
    point_count      bigint  NOT NULL,
    not_finite_count bigint  NOT NULL,
    is_counted       boolean NOT NULL,
    last_step        bigint  NOT NULL,
    last_time        bigint  NOT NULL,
    last_value       double precision NOT NULL,
    minimum          double precision,
    maximum          double precision,
    CONSTRAINT metric_pkey PRIMARY KEY (run_id, metric_index),
    CONSTRAINT metric_name_is_unique UNIQUE (run_id, name),
    CONSTRAINT metric_name_is_valid CHECK (char_length(name) BETWEEN 1 AND 250)
);
COMMENT ON COLUMN metric.is_counted IS
    'false once a batch did not lie wholly after the points before it: then the two counts may count '
    'a resent point twice, and a reader counts the points themselves';
COMMENT ON COLUMN metric.last_value IS
    'of the greatest point by (step, time, value), NaN below every number';
COMMENT ON COLUMN metric.minimum IS 'least finite value; null when none is finite';

CREATE TABLE segment (
    run_id           uuid    NOT NULL,
    metric_index     integer NOT NULL,
    segment_id       uuid    NOT NULL,
    project_id       uuid    NOT NULL,
    is_merged        boolean NOT NULL,
    point_count      integer NOT NULL,
    not_finite_count integer NOT NULL,
    first_step       bigint  NOT NULL,
    last_step        bigint  NOT NULL,
    first_time       bigint  NOT NULL,
    last_time        bigint  NOT NULL,
    min_value        double precision,
    max_value        double precision,
    last_value       double precision,
    step_bytes       bytea   NOT NULL,
    time_bytes       bytea   NOT NULL,
    value_bytes      bytea   NOT NULL,
    CONSTRAINT segment_pkey PRIMARY KEY (run_id, metric_index, segment_id),
    CONSTRAINT segment_is_not_empty CHECK (point_count > 0)
);
ALTER TABLE segment
    ALTER COLUMN step_bytes SET STORAGE EXTERNAL,
    ALTER COLUMN time_bytes SET STORAGE EXTERNAL,
    ALTER COLUMN value_bytes SET STORAGE EXTERNAL;
-- What the live feed reads: new segments of a project, in the order of their time-ordered ids.
CREATE INDEX segment_unmerged ON segment (project_id, segment_id) WHERE NOT is_merged;
COMMENT ON COLUMN segment.first_time IS 'least time of its points, microseconds since 1970';
COMMENT ON COLUMN segment.last_time IS 'greatest time of its points, microseconds since 1970';
