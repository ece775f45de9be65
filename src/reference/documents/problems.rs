//! What can be wrong with a document.

use crate::base::{
    i18n::Bilingual,
    problem::{Code, GivenBy, ProblemKind},
};

/// This system must not hold classified documents, whatever else is right with them.
pub static SECRET_DOCUMENT: ProblemKind = ProblemKind {
    slug: "secret-document",
    status: 422,
    given_by: GivenBy::These(&["create_document", "update_document", "put_document_by_key"]),
    title: Bilingual::new("Không nhận văn bản mật", "Secret documents are refused"),
    help: Bilingual::new(
        "Văn bản mang dấu mật không được đưa lên hệ thống này. Không có gì được ghi.",
        "A document marked secret must not be put on this system. Nothing was written.",
    ),
};

/// Names no document that the caller may read.
pub const UNKNOWN_DOCUMENT: Code = Code::new("unknown-document");
/// A document that refers to itself.
pub const SELF_RELATION: Code = Code::new("self-relation");
/// The body names another key than the address.
pub const KEY_MISMATCH: Code = Code::new("key-mismatch");
