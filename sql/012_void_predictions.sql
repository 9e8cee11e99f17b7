-- Predictions whose run failed or was killed: no loss will score them unless a run of theirs
-- finishes after all.

ALTER TABLE prediction
    ADD COLUMN voided_at   bigint,
    ADD COLUMN void_run_id uuid,
    ADD COLUMN void_reason text;
ALTER TABLE prediction ADD CONSTRAINT prediction_is_void_whole CHECK (
    (voided_at IS NULL) = (void_run_id IS NULL) AND (voided_at IS NULL) = (void_reason IS NULL)
    AND (voided_at IS NULL OR scored_at IS NULL)
);
COMMENT ON TABLE prediction IS
    'never changed but once, when the run it is about has finished; void while that run has failed';
COMMENT ON COLUMN prediction.voided_at IS
    'when its run was seen to have failed; null again when a run scores it';
-- The last changes of runs that ended, however they did.
CREATE INDEX run_by_any_end ON run (project_id, updated_at, run_id)
    WHERE status IN ('finished', 'failed', 'killed') AND deleted_at IS NULL;
