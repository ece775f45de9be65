-- Tasks, what is said of their progress and deadlines, and inspections.

CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    code TEXT,
    source TEXT,
    source_key TEXT,
    title TEXT NOT NULL,
    description TEXT,
    document BLOB REFERENCES documents (id),
    clause TEXT,
    "group" TEXT,
    parent BLOB REFERENCES tasks (id),
    lead TEXT NOT NULL REFERENCES organizations (code),
    coordinators TEXT NOT NULL,
    leader TEXT,
    assigned_on TEXT,
    start_on TEXT,
    due_on TEXT,
    first_due_on TEXT,
    recurrence TEXT NOT NULL,
    deliverable TEXT,
    planned_vnd INTEGER,
    priority TEXT NOT NULL,
    state TEXT NOT NULL,
    percent INTEGER NOT NULL,
    spent_vnd INTEGER,
    results TEXT,
    completed_on TEXT,
    indicators TEXT NOT NULL,
    superseded_by BLOB REFERENCES tasks (id),
    search TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((source IS NULL) = (source_key IS NULL)),
    CHECK (percent BETWEEN 0 AND 1000000)
) STRICT;
CREATE UNIQUE INDEX tasks_source ON tasks (source, source_key);
CREATE INDEX tasks_lead ON tasks (lead, state, id);
CREATE INDEX tasks_document ON tasks (document, id);
CREATE INDEX tasks_parent ON tasks (parent);
CREATE INDEX tasks_superseded_by ON tasks (superseded_by);
CREATE INDEX tasks_due_on ON tasks (due_on);
CREATE INDEX tasks_updated_at ON tasks (updated_at);

CREATE TABLE progress_updates (
    id BLOB PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id),
    as_of TEXT NOT NULL,
    percent INTEGER NOT NULL,
    results TEXT,
    spent_vnd INTEGER,
    people INTEGER,
    obstacles TEXT,
    proposals TEXT,
    evidence TEXT NOT NULL,
    nothing_to_report INTEGER NOT NULL,
    reason TEXT,
    client BLOB,
    recorded_at INTEGER NOT NULL,
    CHECK (percent BETWEEN 0 AND 1000000)
) STRICT;
CREATE INDEX progress_updates_task ON progress_updates (task, as_of, id);

CREATE TABLE deadline_changes (
    id BLOB PRIMARY KEY,
    task BLOB NOT NULL REFERENCES tasks (id),
    old_due_on TEXT,
    new_due_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    document BLOB REFERENCES documents (id),
    client BLOB,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deadline_changes_task ON deadline_changes (task, id);
CREATE INDEX deadline_changes_document ON deadline_changes (document);

CREATE TABLE inspections (
    id BLOB PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (code),
    kind TEXT NOT NULL,
    held_on TEXT NOT NULL,
    findings TEXT NOT NULL,
    conclusion TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inspections_organization ON inspections (organization, id);

CREATE TABLE inspection_tasks (
    inspection BLOB NOT NULL REFERENCES inspections (id),
    task BLOB NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (inspection, task)
) STRICT;
CREATE INDEX inspection_tasks_task ON inspection_tasks (task);
