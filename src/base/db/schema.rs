//! The tables, once for both databases. Codes compare byte by byte on both (`COLLATE "C"` on PostgreSQL).

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    /// Nodes of the administrative tree.
    organizations (code) {
        code -> Text,
        name -> Text,
        kind -> Text,
        parent -> Nullable<Text>,
        /// Codes from the root down, each ended by `/`: a subtree is a range of this column.
        path -> Text,
        identifiers -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Resolutions, decisions, plans.
    documents (id) {
        id -> crate::base::db::types::sql::Uuid,
        source -> Nullable<Text>,
        source_key -> Nullable<Text>,
        organization -> Text,
        number -> Nullable<Text>,
        kind -> Text,
        title -> Text,
        issuer -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        status -> Text,
        search -> Text,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Edges of the document graph.
    document_relations (document, kind, target) {
        document -> crate::base::db::types::sql::Uuid,
        kind -> Text,
        target -> crate::base::db::types::sql::Uuid,
    }
}

table! {
    /// Work that a document assigns.
    tasks (id) {
        id -> crate::base::db::types::sql::Uuid,
        code -> Nullable<Text>,
        source -> Nullable<Text>,
        source_key -> Nullable<Text>,
        title -> Text,
        description -> Nullable<Text>,
        document -> Nullable<crate::base::db::types::sql::Uuid>,
        clause -> Nullable<Text>,
        group -> Nullable<Text>,
        parent -> Nullable<crate::base::db::types::sql::Uuid>,
        lead -> Text,
        coordinators -> Text,
        leader -> Nullable<Text>,
        assigned_on -> Nullable<Date>,
        start_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        first_due_on -> Nullable<Date>,
        recurrence -> Text,
        deliverable -> Nullable<Text>,
        planned_vnd -> Nullable<BigInt>,
        priority -> Text,
        state -> Text,
        percent -> BigInt,
        spent_vnd -> Nullable<BigInt>,
        results -> Nullable<Text>,
        completed_on -> Nullable<Date>,
        indicators -> Text,
        superseded_by -> Nullable<crate::base::db::types::sql::Uuid>,
        search -> Text,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// What was said of a task's progress; append-only.
    progress_updates (id) {
        id -> crate::base::db::types::sql::Uuid,
        task -> crate::base::db::types::sql::Uuid,
        as_of -> Date,
        percent -> BigInt,
        results -> Nullable<Text>,
        spent_vnd -> Nullable<BigInt>,
        people -> Nullable<Integer>,
        obstacles -> Nullable<Text>,
        proposals -> Nullable<Text>,
        evidence -> Text,
        nothing_to_report -> Bool,
        reason -> Nullable<Text>,
        client -> Nullable<crate::base::db::types::sql::Uuid>,
        recorded_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Every move of a due date; append-only.
    deadline_changes (id) {
        id -> crate::base::db::types::sql::Uuid,
        task -> crate::base::db::types::sql::Uuid,
        old_due_on -> Nullable<Date>,
        new_due_on -> Date,
        reason -> Text,
        approved_by -> Text,
        document -> Nullable<crate::base::db::types::sql::Uuid>,
        client -> Nullable<crate::base::db::types::sql::Uuid>,
        recorded_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Inspections of progress, periodic or ad hoc.
    inspections (id) {
        id -> crate::base::db::types::sql::Uuid,
        organization -> Text,
        kind -> Text,
        held_on -> Date,
        findings -> Text,
        conclusion -> Nullable<Text>,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Which tasks an inspection looked at.
    inspection_tasks (inspection, task) {
        inspection -> crate::base::db::types::sql::Uuid,
        task -> crate::base::db::types::sql::Uuid,
    }
}

table! {
    /// Measured quantities, in their current definition.
    indicators (code) {
        code -> Text,
        organization -> Text,
        name -> Text,
        unit -> Text,
        kind -> Text,
        flow -> Bool,
        frequency -> Nullable<Text>,
        numerator_label -> Nullable<Text>,
        denominator_label -> Nullable<Text>,
        population -> Nullable<Text>,
        method -> Nullable<Text>,
        document -> Nullable<crate::base::db::types::sql::Uuid>,
        clause -> Nullable<Text>,
        group -> Nullable<Text>,
        search -> Text,
        version -> Integer,
        targets_version -> Integer,
        targets_updated_at -> Nullable<crate::base::db::types::sql::Instant>,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// What an indicator must reach; the current set.
    indicator_targets (indicator, position) {
        indicator -> Text,
        position -> Integer,
        organization -> Nullable<Text>,
        year -> Nullable<Integer>,
        op -> Text,
        value -> BigInt,
    }
}

table! {
    /// Figures in their current version; the versions before are in `changes`.
    observations (id) {
        id -> crate::base::db::types::sql::Uuid,
        indicator -> Text,
        organization -> Text,
        period -> Text,
        /// Empty for the whole.
        breakdown -> Text,
        numerator -> Nullable<BigInt>,
        denominator -> Nullable<BigInt>,
        value -> Nullable<BigInt>,
        missing -> Nullable<Text>,
        status -> Text,
        source -> Nullable<Text>,
        note -> Nullable<Text>,
        evidence -> Text,
        /// The version of the indicator's definition that this figure was reported under.
        definition -> Integer,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Reporting calendars as data.
    calendars (code) {
        code -> Text,
        version -> Integer,
        content -> Text,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// The outbox: one row for every version of every subject, written in the transaction that made it.
    changes (subject, subject_id, version) {
        subject -> Text,
        subject_id -> Text,
        version -> Integer,
        kind -> Text,
        organization -> Nullable<Text>,
        client -> Nullable<crate::base::db::types::sql::Uuid>,
        request_id -> Text,
        recorded_at -> crate::base::db::types::sql::Instant,
        form -> SmallInt,
        content -> Text,
        detail -> Nullable<Text>,
        /// Given after the commit, by the sequencer.
        seq -> Nullable<BigInt>,
    }
}

table! {
    /// Machine callers.
    clients (id) {
        id -> crate::base::db::types::sql::Uuid,
        name -> Text,
        organization -> Text,
        source -> Nullable<Text>,
        scopes -> Text,
        secret_hash -> Nullable<Text>,
        jwks -> Nullable<Text>,
        status -> Text,
        version -> Integer,
        created_at -> crate::base::db::types::sql::Instant,
        updated_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Keys that sign access tokens; the next one stands here before it is used.
    signing_keys (kid) {
        kid -> Text,
        private_key -> Text,
        not_before -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Access tokens taken back before they expired.
    revoked_tokens (jti) {
        jti -> Text,
        expires_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Client assertions already used (RFC 7523: each `jti` once).
    used_assertions (client, jti) {
        client -> crate::base::db::types::sql::Uuid,
        jti -> Text,
        expires_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Answers kept for a repeated `Idempotency-Key`.
    idempotency_keys (client, key) {
        client -> crate::base::db::types::sql::Uuid,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> crate::base::db::types::sql::Instant,
    }
}

table! {
    /// Which instance does what only one may do.
    leases (name) {
        name -> Text,
        holder -> Text,
        /// One up with every new holder: what an earlier one still wants to write is refused by it.
        token -> BigInt,
        expires_at -> crate::base::db::types::sql::Instant,
    }
}

joinable!(tasks -> organizations (lead));
joinable!(documents -> organizations (organization));
joinable!(indicators -> organizations (organization));
joinable!(observations -> organizations (organization));
joinable!(inspections -> organizations (organization));
joinable!(clients -> organizations (organization));
joinable!(progress_updates -> tasks (task));
allow_tables_to_appear_in_same_query!(
    organizations,
    documents,
    document_relations,
    tasks,
    progress_updates,
    deadline_changes,
    inspections,
    inspection_tasks,
    indicators,
    indicator_targets,
    observations,
    calendars,
    changes,
    clients,
    revoked_tokens,
);
