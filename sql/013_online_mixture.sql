-- Rules that move the sampling weights of a running job: their whole memory, so that any server may
-- take the next observation.

CREATE TABLE online_mixture (
    online_mixture_id uuid   NOT NULL,
    project_id        uuid   NOT NULL,
    run_id            uuid,
    memory            jsonb  NOT NULL,
    version           bigint NOT NULL DEFAULT 0,
    created_at        bigint NOT NULL,
    updated_at        bigint NOT NULL,
    CONSTRAINT online_mixture_pkey PRIMARY KEY (online_mixture_id)
);
CREATE INDEX online_mixture_by_project ON online_mixture (project_id, created_at DESC);
COMMENT ON COLUMN online_mixture.run_id IS 'the run whose series hold the trace; null when none';
COMMENT ON COLUMN online_mixture.version IS 'rises with every observation that moved the weights';
