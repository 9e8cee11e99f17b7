-- What people keep of a project: figures as they were on a day, reports, views of pages.

CREATE TABLE document (
    document_id uuid   NOT NULL,
    project_id  uuid   NOT NULL,
    kind        text   NOT NULL,
    title       text   NOT NULL,
    facts       jsonb  NOT NULL,
    body        text   NOT NULL,
    version     bigint NOT NULL DEFAULT 1,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    CONSTRAINT document_pkey PRIMARY KEY (document_id),
    CONSTRAINT document_kind CHECK (kind IN ('frozenFigure', 'report', 'view'))
);
CREATE INDEX document_by_project ON document (project_id, kind, created_at DESC);
COMMENT ON COLUMN document.facts IS 'what a list of documents tells beside the title';
COMMENT ON COLUMN document.body IS 'a figure as JSON, a report as Markdown, nothing for a view';
