-- Keys that clients send along with points, so that a request sent twice is stored once.

CREATE TABLE ingest_key (
    ingest_key text   NOT NULL COLLATE "C",
    created_at bigint NOT NULL,
    CONSTRAINT ingest_key_pkey PRIMARY KEY (ingest_key),
    CONSTRAINT ingest_key_is_valid CHECK (char_length(ingest_key) BETWEEN 1 AND 128)
);
CREATE INDEX ingest_key_by_age ON ingest_key (created_at);
