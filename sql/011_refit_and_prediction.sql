-- Refits when runs arrive, and predictions frozen before the run that tells how good they were.

-- One refit of a law and project at a time, whichever server asks for it.
CREATE UNIQUE INDEX fit_refit_is_alone ON fit (project_id, law)
    WHERE is_automatic AND status IN ('queued', 'running');
-- The last changes of finished runs, which make fits stale.
CREATE INDEX run_by_end ON run (project_id, updated_at, run_id)
    WHERE status = 'finished' AND deleted_at IS NULL;

CREATE TABLE prediction (
    project_id    uuid   NOT NULL,
    prediction_id uuid   NOT NULL,
    law           text   NOT NULL,
    fit_id        uuid   NOT NULL,
    role_values   jsonb  NOT NULL,
    run_id        uuid,
    run_name      text   COLLATE "C",
    predicted     double precision NOT NULL,
    low           double precision NOT NULL,
    high          double precision NOT NULL,
    created_at    bigint NOT NULL,
    scored_at     bigint,
    scored_run_id uuid,
    observed      double precision,
    CONSTRAINT prediction_pkey PRIMARY KEY (project_id, prediction_id),
    CONSTRAINT prediction_is_ordered CHECK (low <= predicted AND predicted <= high),
    CONSTRAINT prediction_is_scored_whole CHECK (
        (scored_at IS NULL) = (observed IS NULL) AND (scored_at IS NULL) = (scored_run_id IS NULL)
    )
);
CREATE INDEX prediction_waiting ON prediction (project_id, created_at) WHERE scored_at IS NULL;
COMMENT ON TABLE prediction IS 'never changed but once, when the run it is about has finished';
COMMENT ON COLUMN prediction.role_values IS '{role: number}, in the units of the roles';
COMMENT ON COLUMN prediction.run_id IS 'the run it is about; null when a name or settings say which';
COMMENT ON COLUMN prediction.run_name IS 'the name of the run it is about; null when settings say';
COMMENT ON COLUMN prediction.predicted IS 'loss in nats per token, with its 90 % interval for one run';
COMMENT ON COLUMN prediction.observed IS 'NaN when the run blew up';
