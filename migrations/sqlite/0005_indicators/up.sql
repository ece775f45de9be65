-- What is measured, what it must reach, and the figures.

CREATE TABLE indicators (
    code TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (code),
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    flow INTEGER NOT NULL,
    frequency TEXT,
    numerator_label TEXT,
    denominator_label TEXT,
    population TEXT,
    method TEXT,
    document BLOB REFERENCES documents (id),
    clause TEXT,
    "group" TEXT,
    search TEXT NOT NULL,
    version INTEGER NOT NULL,
    targets_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX indicators_organization ON indicators (organization, code);
CREATE INDEX indicators_document ON indicators (document);

CREATE TABLE indicator_targets (
    indicator TEXT NOT NULL REFERENCES indicators (code),
    position INTEGER NOT NULL,
    organization TEXT REFERENCES organizations (code),
    year INTEGER,
    op TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (indicator, position)
) STRICT;
CREATE UNIQUE INDEX indicator_targets_subject ON indicator_targets (indicator, coalesce(organization, ''), coalesce(year, 0));
CREATE INDEX indicator_targets_organization ON indicator_targets (organization);

CREATE TABLE observations (
    id BLOB PRIMARY KEY,
    indicator TEXT NOT NULL REFERENCES indicators (code),
    organization TEXT NOT NULL REFERENCES organizations (code),
    period TEXT NOT NULL,
    breakdown TEXT NOT NULL,
    numerator INTEGER,
    denominator INTEGER,
    value INTEGER,
    missing TEXT,
    status TEXT NOT NULL,
    source TEXT,
    note TEXT,
    evidence TEXT NOT NULL,
    definition INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX observations_key ON observations (indicator, organization, period, breakdown);
CREATE INDEX observations_organization ON observations (organization, id);
CREATE INDEX observations_period ON observations (period, id);
