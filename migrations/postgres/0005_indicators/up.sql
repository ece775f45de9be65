-- What is measured, what it must reach, and the figures.

CREATE TABLE indicators (
    code text COLLATE "C" PRIMARY KEY,
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    name text NOT NULL,
    unit text NOT NULL,
    kind text NOT NULL,
    flow boolean NOT NULL,
    frequency text,
    numerator_label text,
    denominator_label text,
    population text,
    method text,
    document uuid REFERENCES documents (id),
    clause text,
    "group" text,
    search text NOT NULL,
    version integer NOT NULL,
    targets_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX indicators_organization ON indicators (organization, code);
CREATE INDEX indicators_document ON indicators (document);

CREATE TABLE indicator_targets (
    indicator text COLLATE "C" NOT NULL REFERENCES indicators (code),
    position integer NOT NULL,
    organization text COLLATE "C" REFERENCES organizations (code),
    year integer,
    op text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (indicator, position)
);
CREATE UNIQUE INDEX indicator_targets_subject ON indicator_targets (indicator, coalesce(organization, ''), coalesce(year, 0));
CREATE INDEX indicator_targets_organization ON indicator_targets (organization);

CREATE TABLE observations (
    id uuid PRIMARY KEY,
    indicator text COLLATE "C" NOT NULL REFERENCES indicators (code),
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    period text COLLATE "C" NOT NULL,
    breakdown text COLLATE "C" NOT NULL,
    numerator bigint,
    denominator bigint,
    value bigint,
    missing text,
    status text NOT NULL,
    source text,
    note text,
    evidence text NOT NULL,
    definition integer NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX observations_key ON observations (indicator, organization, period, breakdown);
CREATE INDEX observations_organization ON observations (organization, id);
CREATE INDEX observations_period ON observations (period, id);
