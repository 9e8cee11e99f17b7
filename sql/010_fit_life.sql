-- What a fit says of itself beside its body, how far it is, its cancellation, and the refits that
-- the server asks for when runs arrive.

ALTER TABLE fit
    ADD COLUMN summary      jsonb,
    ADD COLUMN code_version text,
    ADD COLUMN progress     double precision,
    ADD COLUMN is_automatic boolean NOT NULL DEFAULT false,
    ADD COLUMN started_at   bigint;
ALTER TABLE fit DROP CONSTRAINT fit_status_is_known;
ALTER TABLE fit ADD CONSTRAINT fit_status_is_known
    CHECK (status IN ('queued', 'running', 'finished', 'failed', 'cancelled'));
ALTER TABLE fit DROP CONSTRAINT fit_is_complete;
ALTER TABLE fit ADD CONSTRAINT fit_is_complete
    CHECK (status <> 'finished' OR result IS NOT NULL OR is_automatic);
COMMENT ON COLUMN fit.summary IS 'parameters, objective, runs, diagnostics; null before this column';
COMMENT ON COLUMN fit.progress IS 'share done, 0 to 1, written with the heartbeat';
COMMENT ON COLUMN fit.is_automatic IS
    'asked for by the server because runs arrived; old ones give up their result, never the summary';
COMMENT ON COLUMN fit.started_at IS 'when the last worker took it, microseconds since 1970';
-- What the refits look at: the last fit of each law of a project, whatever became of it.
CREATE INDEX fit_by_creation ON fit (project_id, law, created_at DESC);
