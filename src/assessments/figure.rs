//! Exact arithmetic of figures: integers scaled by 10⁴, compared as fractions, never a float.

use std::cmp::Ordering;

use crate::db::types::Decimal;

/// One unit in the last of the four places.
const SCALE: i128 = 10_000;

/// 100 × numerator ÷ denominator, in ten-thousandths, half up; none for a zero denominator.
///
/// For showing only: what is compared is the fraction itself ([`compare_ratio`]).
#[must_use]
pub fn percent(numerator: i128, denominator: i128) -> Option<i128> {
    let (scaled, denominator) = as_fraction(numerator, denominator)?;
    // Half up is floor(x + 1/2) = floor((2n + d) ÷ 2d).
    Some((2 * scaled + denominator).div_euclid(2 * denominator))
}

/// Where 100 × numerator ÷ denominator stands to a target, exactly; none for a zero denominator.
#[must_use]
pub fn compare_ratio(numerator: i128, denominator: i128, target: Decimal) -> Option<Ordering> {
    let (scaled, denominator) = as_fraction(numerator, denominator)?;
    // By quotient and remainder: cross-multiplied, large sums would leave the range of i128.
    let (whole, rest) = (scaled.div_euclid(denominator), scaled.rem_euclid(denominator));
    Some(whole.cmp(&i128::from(target.scaled())).then(rest.cmp(&0)))
}

/// The percentage in ten-thousandths as a fraction with a positive denominator.
fn as_fraction(numerator: i128, denominator: i128) -> Option<(i128, i128)> {
    let scaled = 100 * SCALE * numerator;
    match denominator.cmp(&0) {
        Ordering::Equal => None,
        Ordering::Greater => Some((scaled, denominator)),
        Ordering::Less => Some((-scaled, -denominator)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_boundary_itself_is_equal_and_a_hair_beside_it_is_not() {
        assert_eq!(compare_ratio(90, 100, target("90")), Some(Ordering::Equal));
        assert_eq!(compare_ratio(9, 10, target("90.00")), Some(Ordering::Equal));
        // Shown as 90.0000, yet above and below.
        let (n, d) = (900_000_001, 1_000_000_001);
        assert_eq!((percent(n, d), compare_ratio(n, d, target("90"))), (Some(900_000), Some(Ordering::Greater)));
        let (n, d) = (899_999_999, 1_000_000_000);
        assert_eq!((percent(n, d), compare_ratio(n, d, target("90"))), (Some(900_000), Some(Ordering::Less)));
        assert_eq!(compare_ratio(1, 3, target("33.3333")), Some(Ordering::Greater));
        assert_eq!(compare_ratio(2, 3, target("66.6667")), Some(Ordering::Less));
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!((percent(0, 0), compare_ratio(5, 0, target("0"))), (None, None));
    }

    #[test]
    fn the_fourth_place_is_rounded_half_up() {
        for (n, d, shown) in
            [(1, 3, 333_333), (2, 3, 666_667), (1, 200_000_000, 0), (1, 2_000_000, 1), (-1, 2_000_000, 0)]
        {
            assert_eq!(percent(n, d), Some(shown), "{n}/{d}");
        }
    }

    #[test]
    fn the_largest_sums_stay_exact() {
        let most = 10_i128.pow(18) * 1_000_000;
        assert_eq!(compare_ratio(most, most, target("100")), Some(Ordering::Equal));
        assert_eq!(compare_ratio(most - 1, most, target("100")), Some(Ordering::Less));
        assert_eq!(compare_ratio(most, 1, target("99999999999999.9999")), Some(Ordering::Greater));
    }
}
