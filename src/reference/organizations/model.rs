//! Organizations on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    db::{
        prelude::*,
        schema::organizations,
        types::{Day, Instant, JsonText, OrgCode, ShortText},
    },
    page::page,
    resource::{Patched, Versioned},
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

/// A node of the administrative tree (cơ quan, đơn vị).
#[derive(
    Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize, ToSchema,
)]
#[diesel(table_name = organizations, primary_key(code), treat_none_as_null = true)]
pub struct Organization {
    /// Its code, for ever.
    pub code: OrgCode,
    /// Its name in Vietnamese.
    #[schema(example = "Thanh tra tỉnh Lai Châu")]
    pub name: ShortText,
    /// What it is, such as `province`, `agency`, `office`.
    #[schema(example = "agency")]
    pub kind: ShortText,
    /// The organization above it; null for a root.
    pub parent: Option<OrgCode>,
    /// Where it stands: codes from the root down.
    #[serde(skip)]
    pub path: String,
    /// Official codes; empty while they are unknown.
    #[schema(value_type = Vec<Identifier>)]
    pub identifiers: JsonText<Vec<Identifier>>,
    /// First day of its existence, when known.
    pub valid_from: Option<Day>,
    /// Last day of its existence; null while it exists.
    pub valid_to: Option<Day>,
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl Versioned for Organization {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(OrganizationPage, Organization, "organizations");

/// An organization (cơ quan, đơn vị) to add to the tree.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationCreate {
    /// Its code, for ever.
    pub code: OrgCode,
    /// Its name in Vietnamese.
    #[schema(example = "Phòng Nghiệp vụ 1")]
    pub name: ShortText,
    /// What it is, such as `agency`, `office`, `division`.
    #[schema(example = "division")]
    pub kind: ShortText,
    /// The organization above it.
    pub parent: Option<OrgCode>,
    /// Official codes (mã định danh), at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub identifiers: Vec<Identifier>,
    /// First day of its existence.
    pub valid_from: Option<Day>,
    /// Last day of its existence.
    pub valid_to: Option<Day>,
}

impl OrganizationCreate {
    /// The first version, below `parent_path`.
    #[must_use]
    pub fn into_organization(self, parent_path: &str, now: Instant) -> Organization {
        Organization {
            path: format!("{parent_path}{}/", self.code),
            code: self.code,
            name: self.name,
            kind: self.kind,
            parent: self.parent,
            identifiers: JsonText(self.identifiers),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What may change of an organization (cơ quan, đơn vị), as a merge patch (RFC 7396): absent fields stay, null clears; a list is replaced whole, and null
/// empties it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationPatch {
    /// A new name.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub name: Option<ShortText>,
    /// A new kind.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub kind: Option<ShortText>,
    /// A new parent: the whole subtree moves.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub parent: Option<OrgCode>,
    /// The whole new list of official codes (mã định danh), at most 50.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Identifier>>, max_items = 50)]
    pub identifiers: Patched<Vec<Identifier>>,
    /// First day of its existence.
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub valid_from: Patched<Day>,
    /// Last day of its existence.
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub valid_to: Patched<Day>,
}

impl From<OrganizationCreate> for OrganizationPatch {
    /// A patch that sets every field.
    fn from(new: OrganizationCreate) -> Self {
        Self {
            name: Some(new.name),
            kind: Some(new.kind),
            parent: new.parent,
            identifiers: Patched::Set(new.identifiers),
            valid_from: Patched::from(new.valid_from),
            valid_to: Patched::from(new.valid_to),
        }
    }
}

impl Organization {
    /// The organization as patched, in the version that it has.
    #[must_use]
    pub fn patched(&self, patch: OrganizationPatch) -> Self {
        let mut next = self.clone();
        next.name = patch.name.unwrap_or(next.name);
        next.kind = patch.kind.unwrap_or(next.kind);
        next.parent = patch.parent.or(next.parent);
        patch.identifiers.apply_list(&mut next.identifiers.0);
        patch.valid_from.apply(&mut next.valid_from);
        patch.valid_to.apply(&mut next.valid_to);
        next
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
