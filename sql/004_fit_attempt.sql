-- A fit that ends the process working on it must not end every worker after it.

ALTER TABLE fit ADD COLUMN attempt_count integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN fit.attempt_count IS 'how often a worker has taken the job';
