-- Reference data: the administrative tree, the documents and their relations, the reporting calendars.

CREATE TABLE organizations (
    code text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    parent text COLLATE "C" REFERENCES organizations (code),
    path text COLLATE "C" NOT NULL UNIQUE,
    identifiers text NOT NULL,
    valid_from date,
    valid_to date,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX organizations_parent ON organizations (parent);

CREATE TABLE documents (
    id uuid PRIMARY KEY,
    source text COLLATE "C",
    source_key text COLLATE "C",
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    number text,
    kind text NOT NULL,
    title text NOT NULL,
    issuer text,
    issued_on date,
    status text NOT NULL,
    search text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((source IS NULL) = (source_key IS NULL))
);
CREATE UNIQUE INDEX documents_source ON documents (source, source_key);
CREATE INDEX documents_organization ON documents (organization, id);

CREATE TABLE document_relations (
    document uuid NOT NULL REFERENCES documents (id),
    kind text COLLATE "C" NOT NULL,
    target uuid NOT NULL REFERENCES documents (id),
    PRIMARY KEY (document, kind, target)
);
CREATE INDEX document_relations_target ON document_relations (target);

CREATE TABLE calendars (
    code text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    content text NOT NULL,
    updated_at timestamptz NOT NULL
);
