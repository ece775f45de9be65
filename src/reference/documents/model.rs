//! Documents on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{DocumentKind, DocumentStatus, RelationType};
use crate::base::{
    clock::new_id,
    db::{
        JsonAggregate,
        prelude::*,
        schema::documents,
        types::{Day, DocumentId, DocumentNumber, Instant, JsonText, OrgCode, RecordKey, ShortText, SourceCode, fold},
    },
    page::page,
    resource::{Patched, Versioned},
};

/// What this document is to another (quan hệ văn bản).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// What it is to the other.
    #[serde(rename = "type")]
    #[schema(example = "implements")]
    pub kind: RelationType,
    /// The other document.
    pub document: DocumentId,
}

/// A resolution, decision or plan (văn bản) with its relations to others.
#[derive(
    Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize, ToSchema,
)]
#[diesel(table_name = documents, treat_none_as_null = true)]
pub struct Document {
    /// Its id, for ever.
    pub id: DocumentId,
    /// The system that owns it; null when it was made here.
    pub source: Option<SourceCode>,
    /// Its id in that system.
    pub source_key: Option<RecordKey>,
    /// The organization that keeps it: this one, those above and those below may read it.
    pub organization: OrgCode,
    /// Its number and notation (số, ký hiệu); null while it has none.
    pub number: Option<DocumentNumber>,
    /// What it is (loại văn bản).
    pub kind: DocumentKind,
    /// Its abstract (trích yếu).
    #[schema(example = "Triển khai thực hiện Nghị quyết số 71/NQ-CP ngày 01/4/2025 của Chính phủ")]
    pub title: ShortText,
    /// Who issued it (cơ quan ban hành).
    #[schema(example = "UBND tỉnh Lai Châu")]
    pub issuer: Option<ShortText>,
    /// The day on which it was issued (ngày ban hành).
    #[schema(example = "2025-05-22")]
    pub issued_on: Option<Day>,
    /// Whether it is in force.
    pub status: DocumentStatus,
    /// What it is to other documents, by type and id.
    #[diesel(
        skip_insertion,
        skip_update,
        select_expression = RELATIONS,
        select_expression_type = JsonAggregate
    )]
    #[schema(value_type = Vec<Relation>)]
    pub relations: JsonText<Vec<Relation>>,
    /// What `q` looks in.
    #[serde(skip)]
    pub search: String,
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

const RELATIONS: JsonAggregate = JsonAggregate {
    pg: "(SELECT coalesce(json_agg(json_build_object('type', r.kind, 'document', r.target) ORDER BY r.kind, r.target)::text, '[]') \
         FROM document_relations r WHERE r.document = documents.id)",
    sqlite: "(SELECT json_group_array(json_object('type', r.kind, 'document', lower(hex(r.target))) ORDER BY r.kind, r.target) \
         FROM document_relations r WHERE r.document = documents.id)",
};

impl Versioned for Document {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(DocumentPage, Document, "documents");

/// A document (văn bản), whole: what is absent is null, or takes the default that its line names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentCreate {
    /// The system that owns it, which must be the caller's; in a PUT by key it may be left out.
    pub source: Option<SourceCode>,
    /// Its id in that system, unique there for ever; in a PUT by key it may be left out.
    pub source_key: Option<RecordKey>,
    /// The organization that keeps it; the caller's when absent.
    pub organization: Option<OrgCode>,
    /// Its number and notation (số, ký hiệu).
    pub number: Option<DocumentNumber>,
    /// What it is (loại văn bản).
    pub kind: DocumentKind,
    /// Its abstract (trích yếu).
    #[schema(example = "Triển khai thực hiện Nghị quyết số 71/NQ-CP ngày 01/4/2025 của Chính phủ")]
    pub title: ShortText,
    /// Who issued it (cơ quan ban hành).
    #[schema(example = "UBND tỉnh Lai Châu")]
    pub issuer: Option<ShortText>,
    /// The day on which it was issued (ngày ban hành).
    #[schema(example = "2025-05-22")]
    pub issued_on: Option<Day>,
    /// Whether it is in force; when absent, `in_force` with a number and `draft` without.
    pub status: Option<DocumentStatus>,
    /// What it is to other documents.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub relations: Vec<Relation>,
    /// Whether it is marked secret (mật): `true` is refused, and nothing of the document is kept.
    pub secret: Option<bool>,
}

impl DocumentCreate {
    /// The first version; `owner` keeps it unless the body names another.
    #[must_use]
    pub fn into_document(self, owner: &OrgCode, now: Instant) -> Document {
        let draft = if self.number.is_some() { DocumentStatus::InForce } else { DocumentStatus::Draft };
        Document {
            id: DocumentId(new_id()),
            source: self.source,
            source_key: self.source_key,
            organization: self.organization.unwrap_or_else(|| owner.clone()),
            number: self.number,
            kind: self.kind,
            title: self.title,
            issuer: self.issuer,
            issued_on: self.issued_on,
            status: self.status.unwrap_or(draft),
            relations: JsonText(self.relations),
            search: String::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
        .finished()
    }
}

/// What may change of a document (văn bản), as a merge patch (RFC 7396): absent fields stay, null clears; a list is replaced whole, and null
/// empties it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPatch {
    /// Another organization that keeps it.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub organization: Option<OrgCode>,
    /// A new number and notation (số, ký hiệu).
    #[serde(default)]
    #[schema(value_type = Option<DocumentNumber>)]
    pub number: Patched<DocumentNumber>,
    /// A new kind.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub kind: Option<DocumentKind>,
    /// A new abstract (trích yếu).
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub title: Option<ShortText>,
    /// Who issued it (cơ quan ban hành).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub issuer: Patched<ShortText>,
    /// The day on which it was issued (ngày ban hành).
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub issued_on: Patched<Day>,
    /// Whether it is in force.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub status: Option<DocumentStatus>,
    /// The whole new list of what it is to others.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Relation>>, max_items = 200)]
    pub relations: Patched<Vec<Relation>>,
    /// Whether it is marked secret (mật): `true` is refused.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub secret: Option<bool>,
}

impl Document {
    /// The document as patched, in the version that it has.
    #[must_use]
    pub fn patched(&self, patch: DocumentPatch) -> Self {
        let mut next = self.clone();
        next.organization = patch.organization.unwrap_or(next.organization);
        patch.number.apply(&mut next.number);
        next.kind = patch.kind.unwrap_or(next.kind);
        next.title = patch.title.unwrap_or(next.title);
        patch.issuer.apply(&mut next.issuer);
        patch.issued_on.apply(&mut next.issued_on);
        next.status = patch.status.unwrap_or(next.status);
        patch.relations.apply_list(&mut next.relations.0);
        next.finished()
    }

    /// What the caller pushed in the place of this document, in the version that it has.
    #[must_use]
    pub fn replaced_by(&self, pushed: Self) -> Self {
        Self { id: self.id, version: self.version, created_at: self.created_at, updated_at: self.updated_at, ..pushed }
    }

    /// Relations in the order in which they are read back, so that equal documents compare equal.
    fn finished(mut self) -> Self {
        self.relations.0.sort_by_key(|relation| (relation.kind.as_str(), relation.document));
        let number = self.number.as_ref().map_or("", DocumentNumber::as_str);
        let issuer = self.issuer.as_ref().map_or("", ShortText::as_str);
        self.search = fold(&format!("{number}\n{}\n{issuer}", self.title));
        self
    }
}

/// Which documents to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DocumentFilter {
    /// Only documents of this kind.
    pub kind: Option<DocumentKind>,
    /// Only documents in this status.
    pub status: Option<DocumentStatus>,
    /// Only documents that this organization itself keeps.
    pub organization: Option<OrgCode>,
    /// Only documents with exactly this number.
    pub number: Option<DocumentNumber>,
    /// Only documents that this system owns.
    pub source: Option<SourceCode>,
    /// Only documents whose number, title or issuer holds this text; case and diacritics do not matter.
    pub q: Option<ShortText>,
}
