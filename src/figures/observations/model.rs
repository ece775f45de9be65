//! Figures on the wire and in the table.

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};

use crate::{
    base::{
        db::{
            prelude::*,
            schema::observations,
            types::{
                Decimal, IndicatorCode, Instant, JsonText, LongText, ObservationId, OrgCode, ShortText, string_enum,
            },
        },
        evidence::Evidence,
        i18n::Bilingual,
        ingest::result_schemas,
        page::page,
        resource::{Versioned, columns},
    },
    figures::rollup::{Missing, exact},
    reference::calendars::Period,
};

string_enum! {
    /// How sure a figure is (tính chất số liệu).
    ObservationStatus {
        /// It may still change (ước tính).
        Provisional = "provisional",
        /// It is settled (chính thức).
        Final = "final",
    }
}

/// A figure as the table holds it: a ratio has no value of its own, the whole has an empty breakdown.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
pub struct Row {
    /// Its id.
    pub id: ObservationId,
    /// What is measured.
    pub indicator: IndicatorCode,
    /// Where.
    pub organization: OrgCode,
    /// When.
    pub period: Period,
    /// Of which part; empty for the whole.
    pub breakdown: String,
    /// Of a ratio.
    pub numerator: Option<Decimal>,
    /// Of a ratio; may be zero.
    pub denominator: Option<Decimal>,
    /// Of a count or an amount.
    pub value: Option<Decimal>,
    /// Why there are no numbers.
    pub missing: Option<Missing>,
    /// How sure it is.
    pub status: ObservationStatus,
    /// Where the figure comes from.
    pub source: Option<ShortText>,
    /// What was said with it.
    pub note: Option<LongText>,
    /// Links to the proof.
    pub evidence: JsonText<Vec<Evidence>>,
    /// The version of the definition.
    pub definition: i32,
    /// Counts from 1.
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

/// A figure (số liệu): one indicator × organization × period × breakdown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// Its id.
    pub id: ObservationId,
    /// What is measured (chỉ tiêu).
    pub indicator: IndicatorCode,
    /// The organization that it is about (đơn vị).
    pub organization: OrgCode,
    /// The period (kỳ).
    pub period: Period,
    /// The part that it is about (phân tổ); null for the whole.
    #[schema(max_length = 500, example = "lĩnh vực đất đai")]
    pub breakdown: Option<String>,
    /// Of a ratio: the numerator (tử số).
    pub numerator: Option<Decimal>,
    /// Of a ratio: the denominator (mẫu số).
    pub denominator: Option<Decimal>,
    /// The value; of a ratio 100 × numerator ÷ denominator to four places, half up. Null when the denominator is zero
    /// or the figure is missing.
    pub value: Option<Decimal>,
    /// Why there is no value; a zero denominator is `not_applicable`.
    pub missing: Option<Missing>,
    /// How sure it is.
    pub status: ObservationStatus,
    /// Where the figure comes from (nguồn số liệu).
    pub source: Option<ShortText>,
    /// What was said with it (ghi chú).
    pub note: Option<LongText>,
    /// Links to the proof (minh chứng).
    pub evidence: Vec<Evidence>,
    /// The version of the indicator's definition that it was reported under.
    #[schema(minimum = 1)]
    pub definition: i32,
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl From<Row> for Observation {
    fn from(row: Row) -> Self {
        let scaled = |number: Decimal| i128::from(number.scaled());
        let share = row.numerator.zip(row.denominator).map(|(n, d)| exact::percent(scaled(n), scaled(d)));
        let missing = if share == Some(None) { Some(Missing::NotApplicable) } else { row.missing };
        Self {
            id: row.id,
            indicator: row.indicator,
            organization: row.organization,
            period: row.period,
            breakdown: Some(row.breakdown).filter(|breakdown| !breakdown.is_empty()),
            numerator: row.numerator,
            denominator: row.denominator,
            value: share.flatten().and_then(Decimal::from_scaled).or(row.value),
            missing,
            status: row.status,
            source: row.source,
            note: row.note,
            evidence: row.evidence.0,
            definition: row.definition,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

// What a push takes, in its order, and then what the service adds.
columns! {
    Observation:
    indicator Once => "Chỉ tiêu",
    organization Once => "Đơn vị",
    period Once => "Kỳ",
    breakdown Once => "Phân tổ",
    numerator Nullable => "Tử số",
    denominator Nullable => "Mẫu số",
    value Nullable => "Giá trị",
    missing Nullable => "Lý do không có số liệu",
    status Value => "Tính chất số liệu",
    source Nullable => "Nguồn số liệu",
    note Nullable => "Ghi chú",
    evidence List => "Minh chứng",
    id Never => "Mã định danh",
    definition Never => "Phiên bản chỉ tiêu",
    version Never => "Phiên bản",
    created_at Never => "Ghi nhận lúc",
    updated_at Never => "Cập nhật lúc",
}

impl Versioned for Observation {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(ObservationPage, Observation, "observations");
result_schemas!(ObservationPush, PushRow, ObservationId, "figures (số liệu)");

/// One row of a push (số liệu): what is reported of one indicator × organization × period.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct ObservationCreate {
    /// What is measured (chỉ tiêu).
    pub indicator: IndicatorCode,
    /// The organization that it is about (đơn vị).
    pub organization: OrgCode,
    /// The period (kỳ), of the indicator's frequency.
    pub period: Period,
    /// The part that it is about (phân tổ); absent or null for the whole.
    pub breakdown: Option<ShortText>,
    /// Of a ratio: the numerator (tử số).
    #[schema(example = "985")]
    pub numerator: Option<Decimal>,
    /// Of a ratio: the denominator (mẫu số).
    #[schema(example = "1000")]
    pub denominator: Option<Decimal>,
    /// Of a count or an amount. Of a ratio it may be left out; sent, it must be what numerator and denominator give.
    pub value: Option<Decimal>,
    /// Instead of numbers: why there are none.
    pub missing: Option<Missing>,
    /// How sure it is.
    pub status: ObservationStatus,
    /// Where the figure comes from (nguồn số liệu).
    pub source: Option<ShortText>,
    /// What is to be said with it (ghi chú).
    pub note: Option<LongText>,
    /// Links to the proof (minh chứng).
    #[serde(default)]
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
}

/// An instant for `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(pub Instant);

impl<'de> Deserialize<'de> for AsOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(de::Error::custom(Bilingual::new(
                "chưa nhận số thứ tự (seq) vì chưa có luồng biến động; hãy gửi thời điểm như 2026-07-14T17:00:00Z",
                "a position (seq) is not taken before there is a change feed; send an instant like 2026-07-14T17:00:00Z",
            )));
        }
        Instant::deserialize(de::value::StringDeserializer::new(text)).map(Self)
    }
}

/// Which figures to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObservationFilter {
    /// Only figures of this indicator.
    pub indicator: Option<IndicatorCode>,
    /// Only figures about this organization, not those below it.
    pub organization: Option<OrgCode>,
    /// Only figures about this organization and those below it.
    pub under: Option<OrgCode>,
    /// Only figures of this period.
    pub period: Option<Period>,
    /// Only figures of this period and later ones of the same frequency.
    pub period_from: Option<Period>,
    /// Only figures of this period and earlier ones of the same frequency.
    pub period_to: Option<Period>,
    /// Only figures that are this sure.
    pub status: Option<ObservationStatus>,
    /// What was known at this instant: each figure in the version it had then.
    #[param(value_type = Option<Instant>)]
    pub as_of: Option<AsOf>,
}
