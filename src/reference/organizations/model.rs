//! Organizations on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    db::{
        prelude::*,
        schema::organizations,
        types::{Day, Instant, OrgCode, ShortText},
    },
    page::page,
    resource::{Versioned, fields},
};

/// An official code of an organization in one scheme (mã định danh).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The scheme, such as `qd20` (Quyết định 20/2020/QĐ-TTg) or `qcvn102` (QCVN 102:2016/BTTTT).
    #[schema(example = "qd20")]
    pub scheme: ShortText,
    /// The code in that scheme, exactly as issued.
    #[schema(example = "H35")]
    pub value: ShortText,
}

fields! {
    /// A node of the administrative tree (cơ quan, đơn vị).
    #[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize)]
    #[derive(ToSchema)]
    #[diesel(table_name = organizations, primary_key(code), treat_none_as_null = true)]
    entity Organization;
    first(path: String, now: Instant);
    /// An organization (cơ quan, đơn vị) to add to the tree.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    create OrganizationCreate;
    /// What may change of an organization (cơ quan, đơn vị), as a merge patch (RFC 7396): absent fields stay, null clears; a
    /// list is replaced whole, and null empties it.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    patch OrganizationPatch;

    /// Its code, for ever.
    key code: OrgCode => "Mã";
    /// Its name in Vietnamese.
    required name: ShortText => "Tên";
    /// What it is, such as `province`, `agency`, `office`, `division`.
    required kind: ShortText => "Loại";
    /// The organization above it; null for a root. Another parent moves the whole subtree.
    lasting parent: OrgCode => "Cơ quan cấp trên";
    /// Where it stands: codes from the root down.
    #[serde(skip)]
    kept path: String = path;
    /// Official codes (mã định danh), at most 50; empty while they are unknown.
    list(50) identifiers: Identifier => "Mã định danh";
    /// First day of its existence, when known.
    optional valid_from: Day => "Từ ngày";
    /// Last day of its existence; null while it exists.
    optional valid_to: Day => "Đến ngày";
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    kept version: i32 = 1 => "Phiên bản";
    /// When it was first recorded.
    kept created_at: Instant = now => "Ghi nhận lúc";
    /// When this version was recorded.
    kept updated_at: Instant = now => "Cập nhật lúc";
}

impl Versioned for Organization {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(OrganizationPage, Organization, "organizations");

impl OrganizationCreate {
    /// The first version, below `parent_path`.
    #[must_use]
    pub fn into_organization(self, parent_path: &str, now: Instant) -> Organization {
        let path = format!("{parent_path}{}/", self.code);
        Organization::first(self, path, now)
    }
}

/// Which organizations to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganizationFilter {
    /// Only this organization and those below it.
    pub under: Option<OrgCode>,
    /// Only organizations of this kind.
    pub kind: Option<ShortText>,
}
