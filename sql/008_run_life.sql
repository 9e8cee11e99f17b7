-- What people add to runs: a group they belong to.

ALTER TABLE run ADD COLUMN group_name text COLLATE "C";
ALTER TABLE run ADD CONSTRAINT run_group_is_valid CHECK (char_length(group_name) BETWEEN 1 AND 250);
COMMENT ON COLUMN run.group_name IS 'runs that belong together; null when none was named';
