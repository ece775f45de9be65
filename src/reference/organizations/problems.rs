//! What can be wrong with an organization.

use crate::base::{
    db::types::OrgCode,
    i18n::{Bilingual, bilingual},
    problem::Code,
};

/// Names no organization in the caller's part of the tree.
pub const UNKNOWN_ORGANIZATION: Code = Code::new("unknown-organization");
/// An organization that ends before it begins.
pub const BEFORE_VALID_FROM: Code = Code::new("before-valid-from");

/// The rule of [`UNKNOWN_ORGANIZATION`]: does not tell what is outside the caller's part from what does not exist.
#[must_use]
pub fn unknown(code: &OrgCode) -> Bilingual {
    bilingual!(
        "không có tổ chức {code} trong phạm vi của hệ thống gọi; xem /v1/organizations",
        "there is no organization {code} in the caller's part of the tree; see /v1/organizations"
    )
}
