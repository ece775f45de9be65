//! Exact arithmetic of figures: whole numbers end to end, nothing is rounded before it is shown.
//!
//! Numbers are in ten-thousandths, as [`Decimal::scaled`] gives them, in `i128`, so that sums of any number of rows
//! that a database can hold stay exact (one row is below 10¹⁸; a sum may reach 10³¹, which is 10¹³ such rows).
//!
//! - [`percent`]`(n, d)`: `100 × n ÷ d` for people, in ten-thousandths, half up; none when the denominator is zero.
//! - [`compare_ratio`]`(n, d, target)`: the exact fraction `100 × n ÷ d` against a target; no rounding on the way, and
//!   none when the denominator is zero.
//! - [`compare_value`]`(value, target)`: a count or an amount against a target.
//! - [`show`]`(scaled)`: the shortest decimal text, also of what is too long for a [`Decimal`].

use std::cmp::Ordering;

use crate::base::db::types::Decimal;

/// `100 × n ÷ d` in ten-thousandths is `10⁶ × n ÷ d`: numerator and denominator are scaled alike.
const PERCENT: i128 = 1_000_000;

/// `100 × n ÷ d` to four places, half up, in ten-thousandths; none when `d` is zero: 0 of 0 is neither 0 % nor 100 %.
#[must_use]
pub fn percent(n: i128, d: i128) -> Option<i128> {
    let (n, d) = positive(n, d)?;
    Some((2 * PERCENT).saturating_mul(n).saturating_add(d).div_euclid(2 * d))
}

/// How the exact fraction `100 × n ÷ d` stands to a target; none when `d` is zero.
#[must_use]
pub fn compare_ratio(n: i128, d: i128, target: Decimal) -> Option<Ordering> {
    let (n, d) = positive(n, d)?;
    let hundredfold = PERCENT.saturating_mul(n);
    // The target is whole in ten-thousandths: the whole part decides, and then whether anything is left over.
    // (Multiplying the target by the denominator instead could overflow.)
    let (whole, left) = (hundredfold.div_euclid(d), hundredfold.rem_euclid(d));
    Some(whole.cmp(&i128::from(target.scaled())).then(left.cmp(&0)))
}

/// How a count or an amount stands to a target.
#[must_use]
pub fn compare_value(value: i128, target: Decimal) -> Ordering {
    value.cmp(&i128::from(target.scaled()))
}

/// The shortest decimal text of a scaled number of any size, as [`Decimal`] writes it.
#[must_use]
pub fn show(scaled: i128) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:04}").trim_end_matches('0').to_owned()
    }
}

/// The same fraction with a denominator above zero; none when it is zero.
fn positive(n: i128, d: i128) -> Option<(i128, i128)> {
    match d.cmp(&0) {
        Ordering::Greater => Some((n, d)),
        Ordering::Equal => None,
        Ordering::Less => Some((-n, -d)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn scaled(text: &str) -> i128 {
        i128::from(decimal(text).scaled())
    }

    fn percent_of(n: &str, d: &str) -> Option<String> {
        percent(scaled(n), scaled(d)).map(show)
    }

    #[test]
    fn a_share_is_shown_to_four_places_half_up() {
        for (n, d, shown) in [
            ("90", "100", "90"),
            ("1", "3", "33.3333"),
            ("2", "3", "66.6667"),
            ("1", "1", "100"),
            ("0", "7", "0"),
            // 99.99995 % is half of the last place: up.
            ("1999999", "2000000", "100"),
            ("19999989", "20000000", "99.9999"),
            ("1", "8000", "0.0125"),
            ("1", "2000000", "0.0001"),
            ("1", "2000001", "0"),
            ("1", "200000000", "0"),
            // Shown as 90, yet more and less.
            ("900000001", "1000000001", "90"),
            ("899999999", "1000000000", "90"),
            ("3", "2", "150"),
            ("0.0001", "99999999999999.9999", "0"),
            ("99999999999999.9999", "0.0001", "99999999999999999900"),
        ] {
            assert_eq!(percent_of(n, d).as_deref(), Some(shown), "{n} / {d}");
        }
        for n in ["0", "5"] {
            assert_eq!(percent_of(n, "0"), None);
        }
        // Up is towards more, below zero too.
        assert_eq!(percent(-1, 2_000_000), Some(0));
        assert_eq!((percent(-1, 3), percent(1, -3), percent(-1, -3)), (Some(-333_333), Some(-333_333), Some(333_333)));
    }

    #[test]
    fn a_target_is_compared_with_the_exact_fraction() {
        for (n, d, target, ordering) in [
            ("90", "100", "90", Ordering::Equal),
            ("90.00", "100.00", "90.0000", Ordering::Equal),
            ("1", "3", "33.3333", Ordering::Greater),
            ("1", "3", "33.3334", Ordering::Less),
            ("2", "3", "66.6667", Ordering::Less),
            // Shown as 100, yet not 100.
            ("1999999", "2000000", "100", Ordering::Less),
            ("1999999", "2000000", "99.9999", Ordering::Greater),
            ("900000000001", "1000000000000", "90", Ordering::Greater),
            ("899999999999", "1000000000000", "90", Ordering::Less),
            ("900000001", "1000000001", "90", Ordering::Greater),
            ("899999999", "1000000000", "90", Ordering::Less),
            ("0", "5", "0", Ordering::Equal),
            ("0", "5", "-1", Ordering::Greater),
        ] {
            assert_eq!(compare_ratio(scaled(n), scaled(d), decimal(target)), Some(ordering), "{n} / {d} to {target}");
        }
        for n in [0, 5] {
            assert_eq!(compare_ratio(n, 0, decimal("0")), None);
        }
        assert_eq!(compare_value(scaled("89.9999"), decimal("90")), Ordering::Less);
        assert_eq!(compare_value(scaled("90.00"), decimal("90")), Ordering::Equal);
    }

    #[test]
    fn a_million_of_the_largest_rows_add_up_exactly() {
        let most = decimal("99999999999999.9999");
        let sum = i128::from(most.scaled()) * 1_000_000;
        assert_eq!(show(sum), "99999999999999999900");
        assert_eq!(percent(sum, sum), Some(1_000_000));
        assert_eq!(compare_ratio(sum, sum, decimal("100")), Some(Ordering::Equal));
        assert_eq!(compare_ratio(sum - 1, sum, decimal("100")), Some(Ordering::Less));
        assert_eq!(compare_ratio(sum + 1, sum, decimal("100")), Some(Ordering::Greater));
        assert_eq!(compare_ratio(sum, 1, most), Some(Ordering::Greater));
        assert_eq!(compare_ratio(1, sum, decimal("0.0001")), Some(Ordering::Less));
    }

    #[test]
    fn what_is_shown_is_what_a_decimal_would_show() {
        for text in ["0", "98.5", "-0.0001", "99999999999999.9999", "100", "-12.5"] {
            assert_eq!(show(scaled(text)), text);
        }
    }
}
