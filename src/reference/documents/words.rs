//! The vocabularies of documents: what one is, whether it is in force, what it is to another.

use crate::base::db::types::string_enum;

string_enum! {
    /// What a document is (loại văn bản).
    DocumentKind {
        /// A resolution (nghị quyết).
        Resolution = "resolution",
        /// A decision (quyết định).
        Decision = "decision",
        /// A plan (kế hoạch).
        Plan = "plan",
        /// A programme of action (chương trình).
        Programme = "programme",
        /// A strategy (chiến lược).
        Strategy = "strategy",
        /// Any other kind (khác).
        Other = "other",
    }
}

string_enum! {
    /// Whether a document is in force (hiệu lực văn bản).
    DocumentStatus {
        /// Not issued yet (dự thảo).
        Draft = "draft",
        /// In force (còn hiệu lực).
        InForce = "in_force",
        /// Another document took its place (bị thay thế).
        Replaced = "replaced",
        /// No longer in force (hết hiệu lực).
        Expired = "expired",
    }
}

string_enum! {
    /// What a document is to another (quan hệ văn bản); "it" is the document that has the relation.
    RelationType {
        /// It carries the other out (thực hiện); never in a circle.
        Implements = "implements",
        /// It takes the other's place (thay thế); never in a circle.
        Replaces = "replaces",
        /// It changes parts of the other (sửa đổi).
        Amends = "amends",
        /// It rests on the other (căn cứ).
        BasedOn = "based_on",
        /// The two go together (gắn với).
        CoordinatedWith = "coordinated_with",
        /// The other comes out of it (tạo ra).
        Produces = "produces",
        /// It is an annex of the other (phụ lục của).
        AnnexOf = "annex_of",
    }
}

impl RelationType {
    /// Whether a document can never come back to itself along relations of this type.
    #[must_use]
    pub fn is_acyclic(self) -> bool {
        matches!(self, Self::Implements | Self::Replaces)
    }
}
