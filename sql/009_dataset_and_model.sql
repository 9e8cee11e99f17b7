-- What runs read and what they made: datasets, each once a project, and models that clients log.

CREATE TABLE dataset (
    dataset_id  uuid NOT NULL,
    project_id  uuid NOT NULL,
    name        text NOT NULL COLLATE "C",
    digest      text NOT NULL COLLATE "C",
    source_type text NOT NULL,
    source      text NOT NULL,
    schema_text text,
    profile     text,
    CONSTRAINT dataset_pkey PRIMARY KEY (dataset_id),
    CONSTRAINT dataset_is_unique UNIQUE (project_id, name, digest),
    CONSTRAINT dataset_name_is_valid CHECK (char_length(name) BETWEEN 1 AND 500),
    CONSTRAINT dataset_digest_is_valid CHECK (char_length(digest) BETWEEN 1 AND 36)
);
COMMENT ON COLUMN dataset.schema_text IS 'columns or shapes as the client describes them';
COMMENT ON COLUMN dataset.profile IS 'statistics as the client describes them';

CREATE TABLE run_dataset (
    run_id     uuid  NOT NULL,
    dataset_id uuid  NOT NULL,
    tags       jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT run_dataset_pkey PRIMARY KEY (run_id, dataset_id)
);
COMMENT ON COLUMN run_dataset.tags IS 'what the run says of its use, such as the context "train"';

CREATE TABLE logged_model (
    model_id   uuid   NOT NULL,
    project_id uuid   NOT NULL,
    run_id     uuid,
    name       text   NOT NULL COLLATE "C",
    model_type text   NOT NULL DEFAULT '',
    status     text   NOT NULL,
    params     jsonb  NOT NULL DEFAULT '{}',
    tags       jsonb  NOT NULL DEFAULT '{}',
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    CONSTRAINT logged_model_pkey PRIMARY KEY (model_id),
    CONSTRAINT logged_model_name_is_valid CHECK (char_length(name) BETWEEN 1 AND 500),
    CONSTRAINT logged_model_status_is_known CHECK (status IN ('pending', 'ready', 'failed'))
);
CREATE INDEX logged_model_by_time ON logged_model (project_id, created_at DESC, model_id);
COMMENT ON COLUMN logged_model.run_id IS 'the run that made it';
COMMENT ON COLUMN logged_model.deleted_at IS 'microseconds since 1970; null while it is kept';

CREATE TABLE run_model (
    run_id    uuid    NOT NULL,
    is_output boolean NOT NULL,
    model_id  uuid    NOT NULL,
    step      bigint  NOT NULL,
    CONSTRAINT run_model_pkey PRIMARY KEY (run_id, is_output, model_id, step)
);
COMMENT ON COLUMN run_model.is_output IS 'whether the run made the model, or read it';
