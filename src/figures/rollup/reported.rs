//! What an organization reported, as the arithmetic takes it.

use crate::{
    base::db::{
        prelude::*,
        types::{Decimal, IndicatorCode, Inline, OrgCode, string_enum},
    },
    reference::calendars::Period,
};

string_enum! {
    /// Why there is no number (lý do không có số liệu).
    Missing {
        /// The indicator does not apply here, or there was nothing to count (không áp dụng).
        NotApplicable = "not_applicable",
        /// There is a number, but nobody has it (chưa có số liệu).
        NotAvailable = "not_available",
    }
}

/// What one organization reported for one period and breakdown.
#[derive(Debug, Clone, Queryable)]
pub struct Reported {
    /// What was measured.
    pub indicator: IndicatorCode,
    /// Where the organization stands.
    pub path: Inline,
    /// The organization.
    pub organization: OrgCode,
    /// The period.
    pub period: Period,
    /// Of the whole, not of a part of a breakdown.
    pub is_whole: bool,
    /// Of a ratio.
    pub numerator: Option<Decimal>,
    /// Of a ratio.
    pub denominator: Option<Decimal>,
    /// Of anything else.
    pub value: Option<Decimal>,
    /// Why there is no number.
    pub missing: Option<Missing>,
}
