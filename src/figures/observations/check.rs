//! The rules for one row of a push.

use super::{model::ObservationCreate, problems};
use crate::{
    base::{
        db::types::Decimal,
        evidence,
        i18n::{Bilingual, bilingual},
        problem::{Violations, codes},
    },
    figures::rollup::{Missing, exact},
    reference::indicators::model::{Indicator, IndicatorKind},
};

/// The numbers of a row, or why there are none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Numbers {
    /// Of a ratio.
    pub numerator: Option<Decimal>,
    /// Of a ratio.
    pub denominator: Option<Decimal>,
    /// Of a count or an amount.
    pub value: Option<Decimal>,
    /// Why there are none.
    pub missing: Option<Missing>,
}

/// The numbers of a row as they are stored; they mean nothing when a rule is broken.
pub fn check(row: &ObservationCreate, indicator: &Indicator, violations: &mut Violations) -> Numbers {
    if let Some(frequency) = indicator.frequency.filter(|frequency| *frequency != row.period.frequency()) {
        let rule = bilingual!("chỉ tiêu báo cáo theo kỳ {frequency}", "the indicator is reported by {frequency}");
        violations.add("period", problems::PERIOD_FREQUENCY, rule);
    }
    evidence::check(&row.evidence, &mut violations.at("evidence"));
    if row.missing.is_some() && !is_zero_of_zero(row, indicator.kind) {
        return missing(row, violations);
    }
    match indicator.kind {
        IndicatorKind::Ratio => ratio(row, violations),
        IndicatorKind::Count | IndicatorKind::Amount => quantity(row, indicator.kind, violations),
    }
}

const REQUIRED: Bilingual = Bilingual::new(
    "bắt buộc phải có, trừ khi missing nói vì sao không có",
    "is required, unless missing says why there is none",
);

/// A zero denominator reads as `not_applicable`, so a row that was read may say so when it is sent back.
fn is_zero_of_zero(row: &ObservationCreate, kind: IndicatorKind) -> bool {
    kind == IndicatorKind::Ratio
        && row.missing == Some(Missing::NotApplicable)
        && row.numerator.is_some()
        && row.denominator == Some(Decimal::ZERO)
}

fn missing(row: &ObservationCreate, violations: &mut Violations) -> Numbers {
    for (field, number) in [("numerator", row.numerator), ("denominator", row.denominator), ("value", row.value)] {
        if number.is_some() {
            let rule = Bilingual::new("missing không đi cùng số nào", "no number goes with missing");
            violations.add(field, problems::MISSING_WITH_NUMBERS, rule);
        }
    }
    Numbers { missing: row.missing, ..Numbers::default() }
}

fn ratio(row: &ObservationCreate, violations: &mut Violations) -> Numbers {
    for (field, number) in [("numerator", row.numerator), ("denominator", row.denominator)] {
        match number {
            None => violations.add(field, codes::REQUIRED, REQUIRED),
            Some(number) if number < Decimal::ZERO => {
                violations.add(field, codes::OUT_OF_RANGE, Bilingual::new("không được âm", "must not be negative"));
            }
            Some(_) => {}
        }
    }
    let is_natural = |number: &Decimal| *number >= Decimal::ZERO;
    if let (Some(n), Some(d)) = (row.numerator.filter(is_natural), row.denominator.filter(is_natural)) {
        value_fits(row.value, n, d, violations);
    }
    Numbers { numerator: row.numerator, denominator: row.denominator, ..Numbers::default() }
}

/// The share can be written as a number, and a value that was sent with its parts is that share.
fn value_fits(sent: Option<Decimal>, n: Decimal, d: Decimal, violations: &mut Violations) {
    let share = exact::percent(n.scaled().into(), d.scaled().into());
    let value = share.and_then(Decimal::from_scaled);
    if share.is_some() && value.is_none() {
        let rule = Bilingual::new(
            "100 × tử số ÷ mẫu số có hơn 14 chữ số",
            "100 × numerator ÷ denominator has more than 14 digits",
        );
        violations.add("denominator", codes::OUT_OF_RANGE, rule);
    } else if sent.is_some() && sent != value {
        let expected = value.map_or_else(|| "null".to_owned(), |value| value.to_string());
        let rule = bilingual!(
            "khác 100 × tử số ÷ mẫu số = {expected}; hãy bỏ value hoặc sửa số",
            "differs from 100 × numerator ÷ denominator = {expected}; leave value out or mend the numbers"
        );
        violations.add("value", problems::VALUE_DIFFERS, rule);
    }
}

fn quantity(row: &ObservationCreate, kind: IndicatorKind, violations: &mut Violations) -> Numbers {
    for (field, number) in [("numerator", row.numerator), ("denominator", row.denominator)] {
        if number.is_some() {
            let rule = Bilingual::new("chỉ dành cho chỉ tiêu tỷ lệ (ratio)", "is for a ratio only");
            violations.add(field, problems::NOT_FOR_THIS_KIND, rule);
        }
    }
    match row.value {
        None => violations.add("value", codes::REQUIRED, REQUIRED),
        Some(value) if kind == IndicatorKind::Count && (value < Decimal::ZERO || value.scaled() % 10_000 != 0) => {
            let rule = Bilingual::new("phải là số nguyên từ 0", "must be a whole number from 0");
            violations.add("value", codes::OUT_OF_RANGE, rule);
        }
        Some(_) => {}
    }
    Numbers { value: row.value, ..Numbers::default() }
}
