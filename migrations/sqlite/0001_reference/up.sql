-- Reference data: the administrative tree, the documents and their relations, the reporting calendars.

CREATE TABLE organizations (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT REFERENCES organizations (code),
    path TEXT NOT NULL UNIQUE,
    identifiers TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX organizations_parent ON organizations (parent);

CREATE TABLE documents (
    id BLOB PRIMARY KEY,
    source TEXT,
    source_key TEXT,
    organization TEXT NOT NULL REFERENCES organizations (code),
    number TEXT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT,
    issued_on TEXT,
    status TEXT NOT NULL,
    search TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((source IS NULL) = (source_key IS NULL))
) STRICT;
CREATE UNIQUE INDEX documents_source ON documents (source, source_key);
CREATE INDEX documents_organization ON documents (organization, id);

CREATE TABLE document_relations (
    document BLOB NOT NULL REFERENCES documents (id),
    kind TEXT NOT NULL,
    target BLOB NOT NULL REFERENCES documents (id),
    PRIMARY KEY (document, kind, target)
) STRICT;
CREATE INDEX document_relations_target ON document_relations (target);

CREATE TABLE calendars (
    code TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
