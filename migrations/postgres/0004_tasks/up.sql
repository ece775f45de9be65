-- Tasks, what is said of their progress and deadlines, and inspections.

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    code text COLLATE "C",
    source text COLLATE "C",
    source_key text COLLATE "C",
    title text NOT NULL,
    description text,
    document uuid REFERENCES documents (id),
    clause text,
    "group" text,
    parent uuid REFERENCES tasks (id),
    lead text COLLATE "C" NOT NULL REFERENCES organizations (code),
    coordinators text NOT NULL,
    leader text,
    assigned_on date,
    start_on date,
    due_on date,
    first_due_on date,
    recurrence text NOT NULL,
    deliverable text,
    planned_vnd bigint,
    priority text NOT NULL,
    state text COLLATE "C" NOT NULL,
    percent bigint NOT NULL,
    spent_vnd bigint,
    results text,
    completed_on date,
    indicators text NOT NULL,
    superseded_by uuid REFERENCES tasks (id),
    search text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((source IS NULL) = (source_key IS NULL)),
    CHECK (percent BETWEEN 0 AND 1000000)
);
CREATE UNIQUE INDEX tasks_source ON tasks (source, source_key);
CREATE INDEX tasks_lead ON tasks (lead, state, id);
CREATE INDEX tasks_document ON tasks (document, id);
CREATE INDEX tasks_parent ON tasks (parent);
CREATE INDEX tasks_superseded_by ON tasks (superseded_by);
CREATE INDEX tasks_due_on ON tasks (due_on);
CREATE INDEX tasks_updated_at ON tasks (updated_at);

CREATE TABLE progress_updates (
    id uuid PRIMARY KEY,
    task uuid NOT NULL REFERENCES tasks (id),
    as_of date NOT NULL,
    percent bigint NOT NULL,
    results text,
    spent_vnd bigint,
    people integer,
    obstacles text,
    proposals text,
    evidence text NOT NULL,
    nothing_to_report boolean NOT NULL,
    reason text,
    client uuid,
    recorded_at timestamptz NOT NULL,
    CHECK (percent BETWEEN 0 AND 1000000)
);
CREATE INDEX progress_updates_task ON progress_updates (task, as_of, id);

CREATE TABLE deadline_changes (
    id uuid PRIMARY KEY,
    task uuid NOT NULL REFERENCES tasks (id),
    old_due_on date,
    new_due_on date NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    document uuid REFERENCES documents (id),
    client uuid,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX deadline_changes_task ON deadline_changes (task, id);
CREATE INDEX deadline_changes_document ON deadline_changes (document);

CREATE TABLE inspections (
    id uuid PRIMARY KEY,
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    kind text NOT NULL,
    held_on date NOT NULL,
    findings text NOT NULL,
    conclusion text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX inspections_organization ON inspections (organization, id);

CREATE TABLE inspection_tasks (
    inspection uuid NOT NULL REFERENCES inspections (id),
    task uuid NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (inspection, task)
);
CREATE INDEX inspection_tasks_task ON inspection_tasks (task);
