//! PostgreSQL: any number of rows in one statement that is prepared once, as one array for each column.

use diesel::{
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Integer, Nullable, SmallInt, Text},
};

use super::{Change, Subject};
use crate::base::db::{
    prelude::*,
    types::{ClientId, Instant, OrgCode, sql},
};

/// The rows by column.
#[derive(Default)]
pub struct BulkInsert {
    subjects: Vec<Subject>,
    ids: Vec<String>,
    versions: Vec<i32>,
    kinds: Vec<String>,
    organizations: Vec<Option<OrgCode>>,
    clients: Vec<Option<ClientId>>,
    requests: Vec<String>,
    recorded_at: Vec<Instant>,
    forms: Vec<i16>,
    contents: Vec<String>,
    details: Vec<Option<String>>,
}

impl BulkInsert {
    /// The rows, in their order.
    pub fn of(rows: Vec<Change>) -> Self {
        let mut all = Self::default();
        for row in rows {
            all.subjects.push(row.subject);
            all.ids.push(row.subject_id);
            all.versions.push(row.version);
            all.kinds.push(row.kind);
            all.organizations.push(row.organization);
            all.clients.push(row.client);
            all.requests.push(row.request_id);
            all.recorded_at.push(row.recorded_at);
            all.forms.push(row.form);
            all.contents.push(row.content);
            all.details.push(row.detail);
        }
        all
    }
}

impl QueryId for BulkInsert {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for BulkInsert {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO changes (subject, subject_id, version, kind, organization, client, request_id, recorded_at, \
             form, content, detail) SELECT * FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.subjects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.organizations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<sql::Uuid>>, _>(&self.clients)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.requests)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql::Instant>, _>(&self.recorded_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.forms)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.contents)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.details)?;
        out.push_sql(")");
        Ok(())
    }
}
