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
        types::{Day, DocumentId, DocumentNumber, Instant, OrgCode, RecordKey, ShortText, SourceCode, fold},
    },
    page::page,
    resource::{Versioned, fields},
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

fields! {
    /// A resolution, decision or plan (văn bản) with its relations to others.
    #[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize)]
    #[derive(ToSchema)]
    #[diesel(table_name = documents, treat_none_as_null = true)]
    entity Document;
    first(id: DocumentId, now: Instant);
    absent(owner: OrgCode, status: DocumentStatus);
    /// A document (văn bản), whole: what is absent is null, or takes the default that its line names.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    create DocumentCreate;
    /// What may change of a document (văn bản), as a merge patch (RFC 7396): absent fields stay, null clears; a list is
    /// replaced whole, and null empties it.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    patch DocumentPatch;

    /// Its id, for ever.
    kept id: DocumentId = id => "Mã định danh";
    /// The system that owns it, which is the caller's when it is given; null when the document was made here.
    key source: Option<SourceCode> => "Hệ thống nguồn";
    /// Its id in that system, unique there for ever.
    key source_key: Option<RecordKey> => "Mã tại hệ thống nguồn";
    /// The organization that keeps it: this one, those above and those below may read it. The caller's when a POST or
    /// PUT names none.
    filled organization: OrgCode = owner => "Đơn vị lưu giữ";
    /// Its number and notation (số, ký hiệu); null while it has none.
    optional number: DocumentNumber => "Số, ký hiệu";
    /// What it is (loại văn bản).
    required kind: DocumentKind => "Loại văn bản";
    /// Its abstract (trích yếu).
    required title: ShortText => "Trích yếu";
    /// Who issued it (cơ quan ban hành).
    optional issuer: ShortText => "Cơ quan ban hành";
    /// The day on which it was issued (ngày ban hành).
    #[schema(example = "2025-05-22")]
    optional issued_on: Day => "Ngày ban hành";
    /// Whether it is in force; when a POST or PUT does not say, `in_force` with a number and `draft` without.
    filled status: DocumentStatus = status => "Tình trạng";
    /// What it is to other documents, by type and id.
    list(200) relations: Relation => "Quan hệ", stored #[diesel(
        skip_insertion, skip_update, select_expression = RELATIONS, select_expression_type = JsonAggregate
    )];
    /// What `q` looks in.
    #[serde(skip)]
    kept search: String = String::new();
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    kept version: i32 = 1 => "Phiên bản";
    /// When it was first recorded.
    kept created_at: Instant = now => "Ghi nhận lúc";
    /// When this version was recorded.
    kept updated_at: Instant = now => "Cập nhật lúc";
    /// Whether it is marked secret (mật): `true` is refused, and nothing of the document is kept.
    sent secret: bool;
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

impl DocumentCreate {
    /// The first version; `owner` keeps it unless the body names another.
    #[must_use]
    pub fn into_document(self, owner: &OrgCode, now: Instant) -> Document {
        let status = self.status_by_number();
        Document::first(self, DocumentId(new_id()), now, owner.clone(), status).finished()
    }

    fn status_by_number(&self) -> DocumentStatus {
        if self.number.is_some() { DocumentStatus::InForce } else { DocumentStatus::Draft }
    }
}

impl Document {
    /// What the caller pushed in the place of this document, in the version that it has.
    #[must_use]
    pub fn pushed(self, body: DocumentCreate, owner: &OrgCode) -> Self {
        let status = body.status_by_number();
        self.replaced(body, owner.clone(), status).finished()
    }

    /// With its relations in the order in which they are read back, so that equal documents compare equal, and with what
    /// `q` looks in.
    #[must_use]
    pub fn finished(mut self) -> Self {
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
