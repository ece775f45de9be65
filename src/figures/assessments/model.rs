//! Assessments on the wire.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, SchemaType, Type},
    },
};

use crate::{
    base::{
        db::types::{IndicatorCode, OrgCode, ShortText, string_enum},
        page::page,
    },
    figures::rollup::exact::show,
    figures::rollup::figure::{Combined, Figure},
    reference::{calendars::Period, indicators::model::Target},
};

/// A sum or a share, exact to four places; text on the wire, and unlike what is reported it may have more than 14 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub i128);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(self.0))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl utoipa::PartialSchema for Exact {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^-?[0-9]{1,34}(\.[0-9]{1,4})?$"))
            .min_length(Some(1))
            .max_length(Some(40))
            .description(Some("An exact decimal number as text (số thập phân), shown to four places (half up): a sum or a share, which may have more digits than a figure that is sent."))
            .examples(["92.3077"])
            .into()
    }
}

impl ToSchema for Exact {}

string_enum! {
    /// What a figure says about its target (kết quả đánh giá).
    Verdict {
        /// The exact figure meets the target (đạt).
        Met = "met",
        /// The exact figure does not meet the target (chưa đạt).
        NotMet = "not_met",
        /// There is no figure to judge (chưa có số liệu).
        NoData = "no_data",
        /// The indicator does not apply here, or there was nothing to count (không áp dụng).
        NotApplicable = "not_applicable",
        /// There is a figure, but nobody set a target for it (chưa giao mục tiêu).
        NoTarget = "no_target",
    }
}

string_enum! {
    /// How a figure came about (cách tính).
    ComputedBy {
        /// One row, as it was reported for this period (theo báo cáo).
        Reported = "reported",
        /// The sum of several rows: over organizations, periods or a breakdown (cộng dồn).
        AddedUp = "added_up",
        /// The last value within the period of each contributor, added over them (lấy giá trị cuối kỳ).
        LastValue = "last_value",
        /// Percentages without numerator and denominator, which cannot be added up (không cộng được).
        NotCombinable = "not_combinable",
        /// Nobody reported (chưa có báo cáo).
        None = "none",
    }
}

/// Where a figure comes from (nguồn gốc số liệu).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Computation {
    /// How it came about.
    pub rule: ComputedBy,
    /// The organizations whose reports are in it, in the order of the tree.
    pub contributors: Vec<OrgCode>,
    /// The periods of those reports.
    pub periods: Vec<Period>,
    /// How many rows were left out because a total, or another organization above or below, stands for them.
    #[schema(minimum = 0, example = 0)]
    pub superseded: usize,
}

/// One indicator of one organization over one period, against its target (đánh giá chỉ tiêu).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assessment {
    /// The indicator (chỉ tiêu).
    pub indicator: IndicatorCode,
    /// Its name.
    #[schema(example = "Tỷ lệ số hóa hồ sơ, kết quả giải quyết thủ tục hành chính")]
    pub name: ShortText,
    /// Its unit (đơn vị tính).
    #[schema(example = "%")]
    pub unit: ShortText,
    /// The organization (cơ quan, đơn vị), with all below it.
    pub organization: OrgCode,
    /// The period (kỳ).
    pub period: Period,
    /// The figure (số liệu); null without a number. A ratio is shown as a percentage to four places.
    pub value: Option<Exact>,
    /// Σ numerators (tử số) of a ratio.
    pub numerator: Option<Exact>,
    /// Σ denominators (mẫu số) of a ratio.
    pub denominator: Option<Exact>,
    /// The target (mục tiêu) that holds for this organization and year; null when there is none.
    pub target: Option<Target>,
    /// What the exact figure says about the target: 90.00 against `> 90` is `not_met`.
    pub verdict: Verdict,
    /// `value` less the target's value.
    pub gap: Option<Exact>,
    /// Where the figure comes from.
    pub computed: Computation,
}

page!(AssessmentPage, Assessment, "assessments");

impl Computation {
    /// Of a figure over the asked period.
    #[must_use]
    pub fn of(combined: Combined, is_flow: bool, asked: Period) -> Self {
        let is_whole = combined.periods.iter().all(|period| *period == asked);
        let rule = match combined.figure() {
            Figure::NoData => ComputedBy::None,
            Figure::NotCombinable => ComputedBy::NotCombinable,
            _ if !is_flow && !is_whole => ComputedBy::LastValue,
            _ if is_whole && combined.terms() == 1 => ComputedBy::Reported,
            _ => ComputedBy::AddedUp,
        };
        Self {
            rule,
            contributors: combined.contributors,
            periods: combined.periods.into_iter().collect(),
            superseded: combined.superseded,
        }
    }
}

/// Which assessments to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssessmentFilter {
    /// The period; when absent, the month of the calendar that holds today.
    pub period: Option<Period>,
    /// Only this organization and those below it; the caller's own when absent.
    pub under: Option<OrgCode>,
    /// Only this indicator.
    pub indicator: Option<IndicatorCode>,
    /// The calendar that says which month today is in; `ND09` when absent.
    #[param(value_type = Option<String>, example = "ND09", pattern = "^[A-Z0-9_]{1,32}$")]
    pub calendar: Option<ShortText>,
}

/// The place of a row in the list: by indicator, then by path; the period keeps a list that crosses midnight whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The period of the list.
    pub period: Period,
    /// The indicator's code.
    pub indicator: String,
    /// The organization's path.
    pub path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.period, self.indicator, self.path)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, ' ');
        let mut part = || parts.next().ok_or(());
        let period = part()?.parse().map_err(|_| ())?;
        Ok(Self { period, indicator: part()?.to_owned(), path: part()?.to_owned() })
    }
}
