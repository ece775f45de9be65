//! The rules for one row of a push.

use super::model::ObservationCreate;
use crate::{
    base::{
        db::types::Decimal,
        evidence,
        i18n::{Bilingual, bilingual},
    },
    figures::rollup::{Missing, exact},
    reference::indicators::model::{Indicator, IndicatorKind},
};

/// A field, a word for programs, and the rule it broke.
pub type Flaw = (String, &'static str, Bilingual);

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

/// The numbers of a row as they are stored, or everything that is wrong with it.
pub fn check(row: &ObservationCreate, indicator: &Indicator) -> Result<Numbers, Vec<Flaw>> {
    let mut flaws = Vec::new();
    if indicator.frequency.is_some_and(|frequency| frequency != row.period.frequency()) {
        let frequency = indicator.frequency.map_or("", |frequency| frequency.as_str());
        let rule = bilingual!("chỉ tiêu báo cáo theo kỳ {frequency}", "the indicator is reported by {frequency}");
        flaws.push(("period".to_owned(), "period-frequency", rule));
    }
    if let Err(problem) = evidence::check(&row.evidence) {
        flaws.extend(problem.errors.into_iter().map(|fault| {
            let pointer = fault.place.pointer().unwrap_or_default();
            (pointer.trim_start_matches("#/").to_owned(), fault.code, fault.detail)
        }));
    }
    match numbers(row, indicator.kind) {
        Ok(numbers) if flaws.is_empty() => Ok(numbers),
        Ok(_) => Err(flaws),
        Err(more) => {
            flaws.extend(more.into_iter().map(|(field, code, rule)| (field.to_owned(), code, rule)));
            Err(flaws)
        }
    }
}

type Wrong = Vec<(&'static str, &'static str, Bilingual)>;

const REQUIRED: Bilingual = Bilingual::new(
    "bắt buộc phải có, trừ khi missing nói vì sao không có",
    "is required, unless missing says why there is none",
);

fn numbers(row: &ObservationCreate, kind: IndicatorKind) -> Result<Numbers, Wrong> {
    if row.missing.is_some() && !is_zero_of_zero(row, kind) {
        return missing(row);
    }
    match kind {
        IndicatorKind::Ratio => ratio(row),
        IndicatorKind::Count | IndicatorKind::Amount => quantity(row, kind),
    }
}

/// A zero denominator reads as `not_applicable`, so a row that was read may say so when it is sent back.
fn is_zero_of_zero(row: &ObservationCreate, kind: IndicatorKind) -> bool {
    kind == IndicatorKind::Ratio
        && row.missing == Some(Missing::NotApplicable)
        && row.numerator.is_some()
        && row.denominator == Some(Decimal::ZERO)
}

fn missing(row: &ObservationCreate) -> Result<Numbers, Wrong> {
    let rule = Bilingual::new("missing không đi cùng số nào", "no number goes with missing");
    let sent = [("numerator", row.numerator), ("denominator", row.denominator), ("value", row.value)];
    let wrong: Wrong = sent
        .iter()
        .filter(|(_, number)| number.is_some())
        .map(|(field, _)| (*field, "missing-with-numbers", rule.clone()))
        .collect();
    if wrong.is_empty() { Ok(Numbers { missing: row.missing, ..Numbers::default() }) } else { Err(wrong) }
}

fn ratio(row: &ObservationCreate) -> Result<Numbers, Wrong> {
    let mut wrong = Vec::new();
    for (field, number) in [("numerator", row.numerator), ("denominator", row.denominator)] {
        match number {
            None => wrong.push((field, "required", REQUIRED)),
            Some(number) if number < Decimal::ZERO => {
                wrong.push((field, "out-of-range", Bilingual::new("không được âm", "must not be negative")));
            }
            Some(_) => {}
        }
    }
    let Some((n, d)) = row.numerator.zip(row.denominator).filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let share = exact::percent(n.scaled().into(), d.scaled().into());
    let value = share.and_then(Decimal::from_scaled);
    if share.is_some() && value.is_none() {
        let rule = Bilingual::new(
            "100 × tử số ÷ mẫu số có hơn 14 chữ số",
            "100 × numerator ÷ denominator has more than 14 digits",
        );
        wrong.push(("denominator", "out-of-range", rule));
    } else if row.value.is_some() && row.value != value {
        let expected = value.map_or_else(|| "null".to_owned(), |value| value.to_string());
        let rule = bilingual!(
            "khác 100 × tử số ÷ mẫu số = {expected}; hãy bỏ value hoặc sửa số",
            "differs from 100 × numerator ÷ denominator = {expected}; leave value out or mend the numbers"
        );
        wrong.push(("value", "value-differs", rule));
    }
    let numbers = Numbers { numerator: Some(n), denominator: Some(d), ..Numbers::default() };
    if wrong.is_empty() { Ok(numbers) } else { Err(wrong) }
}

fn quantity(row: &ObservationCreate, kind: IndicatorKind) -> Result<Numbers, Wrong> {
    let mut wrong = Vec::new();
    for (field, number) in [("numerator", row.numerator), ("denominator", row.denominator)] {
        if number.is_some() {
            let rule = Bilingual::new("chỉ dành cho chỉ tiêu tỷ lệ (ratio)", "is for a ratio only");
            wrong.push((field, "not-for-this-kind", rule));
        }
    }
    match row.value {
        None => wrong.push(("value", "required", REQUIRED)),
        Some(value) if kind == IndicatorKind::Count && (value < Decimal::ZERO || value.scaled() % 10_000 != 0) => {
            let rule = Bilingual::new("phải là số nguyên từ 0", "must be a whole number from 0");
            wrong.push(("value", "out-of-range", rule));
        }
        Some(_) => {}
    }
    if wrong.is_empty() { Ok(Numbers { value: row.value, ..Numbers::default() }) } else { Err(wrong) }
}
