//! Indicators on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::target::{IndicatorTargets, Target, TargetOp};
use crate::{
    base::{
        db::{
            prelude::*,
            schema::indicators,
            types::{DocumentId, IndicatorCode, Instant, JsonText, LongText, OrgCode, ShortText, fold, string_enum},
        },
        page::page,
        resource::{Patched, Versioned},
    },
    reference::calendars::Frequency,
};

string_enum! {
    /// What kind of number an indicator is (loại chỉ tiêu).
    IndicatorKind {
        /// A share: 100 × numerator ÷ denominator, in per cent (tỷ lệ).
        Ratio = "ratio",
        /// A whole number of things, from 0 (số lượng).
        Count = "count",
        /// Any other quantity, such as money (giá trị).
        Amount = "amount",
    }
}

/// A measured quantity (chỉ tiêu), in its current definition.
#[derive(
    Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize, ToSchema,
)]
#[diesel(table_name = indicators, primary_key(code), treat_none_as_null = true)]
pub struct Indicator {
    /// Its code, for ever.
    pub code: IndicatorCode,
    /// The organization that defines it (cơ quan ban hành); those below it report and read.
    pub organization: OrgCode,
    /// Its name in Vietnamese.
    #[schema(example = "Tỷ lệ số hóa hồ sơ, kết quả giải quyết thủ tục hành chính")]
    pub name: ShortText,
    /// Its unit (đơn vị tính).
    #[schema(example = "%")]
    pub unit: ShortText,
    /// What kind of number it is.
    pub kind: IndicatorKind,
    /// True for what arises in a period and adds up over periods (phát sinh); false for a stock, whose last value counts.
    pub flow: bool,
    /// How often it is reported (kỳ báo cáo); null when any period is taken.
    pub frequency: Option<Frequency>,
    /// What the numerator counts (tử số).
    #[schema(example = "Số hồ sơ đã số hóa")]
    pub numerator_label: Option<ShortText>,
    /// What the denominator counts (mẫu số).
    #[schema(example = "Tổng số hồ sơ phải số hóa")]
    pub denominator_label: Option<ShortText>,
    /// What is counted (đối tượng).
    pub population: Option<LongText>,
    /// How it is computed (phương pháp tính).
    pub method: Option<LongText>,
    /// The document that sets it (văn bản).
    pub document: Option<DocumentId>,
    /// Where in that document (điều, khoản, mục).
    #[schema(example = "II.2.1")]
    pub clause: Option<ShortText>,
    /// The heading it stands under (nhóm).
    pub group: Option<ShortText>,
    /// Name and code, folded for the search.
    #[serde(skip)]
    pub search: String,
    /// The version of the definition, from 1; figures name the one that they were reported under.
    #[schema(minimum = 1)]
    pub version: i32,
    /// How often the targets were set; 0 while there are none.
    #[schema(minimum = 0)]
    pub targets_version: i32,
    /// When the set of targets was last given.
    #[serde(skip)]
    pub targets_updated_at: Option<Instant>,
    /// What it must reach (mục tiêu).
    // Loaded apart: the table's own query answers an empty list.
    #[diesel(select_expression = IntoSql::into_sql::<Text>("[]"), select_expression_type = AsExprOf<&'static str, Text>)]
    #[diesel(skip_insertion, skip_update)]
    #[schema(value_type = Vec<Target>)]
    pub targets: JsonText<Vec<Target>>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl Versioned for Indicator {
    /// Both count: the targets are part of what is answered, so a change of either makes another ETag.
    fn version(&self) -> i32 {
        self.version + self.targets_version
    }
}

page!(IndicatorPage, Indicator, "indicators");

/// An indicator (chỉ tiêu) to define.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorCreate {
    /// Its code, for ever.
    pub code: IndicatorCode,
    /// The organization that defines it; the caller's when absent.
    pub organization: Option<OrgCode>,
    /// Its name in Vietnamese.
    #[schema(example = "Tỷ lệ số hóa hồ sơ, kết quả giải quyết thủ tục hành chính")]
    pub name: ShortText,
    /// Its unit (đơn vị tính).
    #[schema(example = "%")]
    pub unit: ShortText,
    /// What kind of number it is.
    pub kind: IndicatorKind,
    /// True when it adds up over periods (phát sinh), false for a stock.
    pub flow: bool,
    /// How often it is reported; absent when any period is taken.
    pub frequency: Option<Frequency>,
    /// What the numerator counts (tử số).
    pub numerator_label: Option<ShortText>,
    /// What the denominator counts (mẫu số).
    pub denominator_label: Option<ShortText>,
    /// What is counted (đối tượng).
    pub population: Option<LongText>,
    /// How it is computed (phương pháp tính).
    pub method: Option<LongText>,
    /// The document that sets it (văn bản).
    pub document: Option<DocumentId>,
    /// Where in that document.
    pub clause: Option<ShortText>,
    /// The heading it stands under (nhóm).
    pub group: Option<ShortText>,
}

impl IndicatorCreate {
    /// The first version, owned by `organization`.
    #[must_use]
    pub fn into_indicator(self, organization: OrgCode, now: Instant) -> Indicator {
        Indicator {
            search: searchable(&self.code, &self.name),
            code: self.code,
            organization,
            name: self.name,
            unit: self.unit,
            kind: self.kind,
            flow: self.flow,
            frequency: self.frequency,
            numerator_label: self.numerator_label,
            denominator_label: self.denominator_label,
            population: self.population,
            method: self.method,
            document: self.document,
            clause: self.clause,
            group: self.group,
            version: 1,
            targets_version: 0,
            targets_updated_at: None,
            targets: JsonText(Vec::new()),
            created_at: now,
            updated_at: now,
        }
    }
}

/// What may change of an indicator (chỉ tiêu), as a merge patch (RFC 7396): absent fields stay, null clears; a list is replaced whole, and null
/// empties it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorPatch {
    /// A new name.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub name: Option<ShortText>,
    /// A new unit; only while there is no figure.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub unit: Option<ShortText>,
    /// A new kind; only while there is no figure.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub kind: Option<IndicatorKind>,
    /// Whether it adds up over periods; only while there is no figure.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub flow: Option<bool>,
    /// How often it is reported.
    #[serde(default)]
    #[schema(value_type = Option<Frequency>)]
    pub frequency: Patched<Frequency>,
    /// What the numerator counts (tử số).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub numerator_label: Patched<ShortText>,
    /// What the denominator counts (mẫu số).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub denominator_label: Patched<ShortText>,
    /// What is counted (đối tượng).
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub population: Patched<LongText>,
    /// How it is computed (phương pháp tính).
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub method: Patched<LongText>,
    /// The document that sets it (văn bản).
    #[serde(default)]
    #[schema(value_type = Option<DocumentId>)]
    pub document: Patched<DocumentId>,
    /// Where in that document.
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub clause: Patched<ShortText>,
    /// The heading it stands under (nhóm).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub group: Patched<ShortText>,
}

impl Indicator {
    /// The definition as patched, still with the version it had.
    #[must_use]
    pub fn patched(&self, patch: IndicatorPatch) -> Self {
        let mut next = self.clone();
        next.name = patch.name.unwrap_or(next.name);
        next.unit = patch.unit.unwrap_or(next.unit);
        next.kind = patch.kind.unwrap_or(next.kind);
        next.flow = patch.flow.unwrap_or(next.flow);
        patch.frequency.apply(&mut next.frequency);
        patch.numerator_label.apply(&mut next.numerator_label);
        patch.denominator_label.apply(&mut next.denominator_label);
        patch.population.apply(&mut next.population);
        patch.method.apply(&mut next.method);
        patch.document.apply(&mut next.document);
        patch.clause.apply(&mut next.clause);
        patch.group.apply(&mut next.group);
        next.search = searchable(&next.code, &next.name);
        next
    }

    /// The definition as given whole, still with the version and the targets it had.
    #[must_use]
    pub fn redefined(&self, new: IndicatorCreate, organization: OrgCode) -> Self {
        Self {
            version: self.version,
            targets_version: self.targets_version,
            targets_updated_at: self.targets_updated_at,
            targets: self.targets.clone(),
            updated_at: self.updated_at,
            ..new.into_indicator(organization, self.created_at)
        }
    }
}

fn searchable(code: &IndicatorCode, name: &ShortText) -> String {
    fold(&format!("{code} {name}"))
}

/// Which indicators to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IndicatorFilter {
    /// Only those that this document sets.
    pub document: Option<DocumentId>,
    /// Only those under this heading.
    pub group: Option<ShortText>,
    /// Only those of this kind.
    pub kind: Option<IndicatorKind>,
    /// Only those whose code or name holds this text; case and diacritics do not count.
    pub q: Option<ShortText>,
}
