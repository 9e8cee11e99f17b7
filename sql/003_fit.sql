-- Fits: the queue of asked-for fits and their results in one small table.

CREATE TABLE fit (
    fit_id        uuid    NOT NULL,
    project_id    uuid    NOT NULL,
    law           text    NOT NULL,
    seed          bigint  NOT NULL,
    status        text    NOT NULL DEFAULT 'queued',
    request       jsonb   NOT NULL,
    result        jsonb,
    run_count     integer,
    error_code    text,
    error_message text,
    owner         text,
    heartbeat_at  bigint,
    created_at    bigint  NOT NULL,
    finished_at   bigint,
    CONSTRAINT fit_pkey PRIMARY KEY (fit_id),
    CONSTRAINT fit_status_is_known CHECK (status IN ('queued', 'running', 'finished', 'failed')),
    CONSTRAINT fit_is_complete CHECK (status <> 'finished' OR result IS NOT NULL)
);
CREATE INDEX fit_waiting ON fit (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX fit_by_project ON fit (project_id, law, finished_at DESC);
COMMENT ON COLUMN fit.seed IS 'bits of an unsigned 64-bit seed';
COMMENT ON COLUMN fit.heartbeat_at IS 'last sign of life of the owner, microseconds since 1970';
