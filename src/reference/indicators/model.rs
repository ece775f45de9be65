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
        resource::{Versioned, fields},
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

fields! {
    /// A measured quantity (chỉ tiêu), in its current definition.
    #[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize)]
    #[derive(ToSchema)]
    #[diesel(table_name = indicators, primary_key(code), treat_none_as_null = true)]
    entity Indicator;
    first(now: Instant);
    absent(owner: OrgCode);
    /// An indicator (chỉ tiêu) to define.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    create IndicatorCreate;
    /// What may change of an indicator (chỉ tiêu), as a merge patch (RFC 7396): absent fields stay, null clears; a list is
    /// replaced whole, and null empties it.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    patch IndicatorPatch;

    /// Its code, for ever.
    key code: IndicatorCode => "Mã chỉ tiêu";
    /// The organization that defines it (cơ quan ban hành), the caller's when a POST names none; those below it report
    /// and read.
    chosen organization: OrgCode = owner => "Cơ quan ban hành";
    /// Its name in Vietnamese.
    required name: ShortText => "Tên chỉ tiêu";
    /// Its unit (đơn vị tính); it changes only while there is no figure.
    required unit: ShortText => "Đơn vị tính";
    /// What kind of number it is; it changes only while there is no figure.
    required kind: IndicatorKind => "Loại chỉ tiêu";
    /// True for what arises in a period and adds up over periods (phát sinh); false for a stock, whose last value
    /// counts. It changes only while there is no figure.
    required flow: bool => "Phát sinh trong kỳ";
    /// How often it is reported (kỳ báo cáo); null when any period is taken. It changes only while there is no figure.
    optional frequency: Frequency => "Kỳ báo cáo";
    /// What the numerator counts (tử số).
    optional numerator_label: ShortText => "Tử số";
    /// What the denominator counts (mẫu số).
    optional denominator_label: ShortText => "Mẫu số";
    /// What is counted (đối tượng).
    optional population: LongText => "Đối tượng";
    /// How it is computed (phương pháp tính).
    optional method: LongText => "Phương pháp tính";
    /// The document that sets it (văn bản).
    optional document: DocumentId => "Văn bản";
    /// Where in that document (điều, khoản, mục).
    optional clause: ShortText => "Điều, khoản, mục";
    /// The heading it stands under (nhóm).
    optional group: ShortText => "Nhóm";
    /// Name and code, folded for the search.
    #[serde(skip)]
    kept search: String = String::new();
    /// The version of the definition, from 1; figures name the one that they were reported under.
    #[schema(minimum = 1)]
    kept version: i32 = 1 => "Phiên bản";
    /// How often the targets were set; 0 while there are none.
    #[schema(minimum = 0)]
    kept targets_version: i32 = 0 => "Phiên bản mục tiêu";
    /// When the set of targets was last given.
    #[serde(skip)]
    kept targets_updated_at: Option<Instant> = None;
    /// What it must reach (mục tiêu).
    // Loaded apart: the table's own query answers an empty list.
    #[diesel(select_expression = IntoSql::into_sql::<Text>("[]"), select_expression_type = AsExprOf<&'static str, Text>)]
    #[diesel(skip_insertion, skip_update)]
    #[schema(value_type = Vec<Target>)]
    kept targets: JsonText<Vec<Target>> = JsonText::default() => "Mục tiêu";
    /// When it was first recorded.
    kept created_at: Instant = now => "Ghi nhận lúc";
    /// When this version was recorded.
    kept updated_at: Instant = now => "Cập nhật lúc";
}

impl Versioned for Indicator {
    /// Both count: the targets are part of what is answered, so a change of either makes another ETag.
    fn version(&self) -> i32 {
        self.version + self.targets_version
    }
}

page!(IndicatorPage, Indicator, "indicators");

impl IndicatorCreate {
    /// The first version, owned by `owner` unless the body names another.
    #[must_use]
    pub fn into_indicator(self, owner: OrgCode, now: Instant) -> Indicator {
        Indicator::first(self, now, owner).searchable()
    }
}

impl Indicator {
    /// With what `q` looks in.
    #[must_use]
    pub fn searchable(mut self) -> Self {
        self.search = fold(&format!("{} {}", self.code, self.name));
        self
    }
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
