//! Which target holds for an organization in a year, and whether a figure meets it.

use std::cmp::Ordering;

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{
    prelude::*,
    schema::indicator_targets,
    types::{Decimal, OrgCode, words},
};

words! {
    /// How a figure must stand to its target: `>` means that the target itself does not do.
    Comparison {
        AtLeast = ">=",
        MoreThan = ">",
        Exactly = "=",
        AtMost = "<=",
        LessThan = "<",
    }
}

impl Comparison {
    /// Whether a figure that stands so to the target meets it.
    #[must_use]
    pub fn is_met(self, figure: Ordering) -> bool {
        match self {
            Self::AtLeast => figure.is_ge(),
            Self::MoreThan => figure.is_gt(),
            Self::Exactly => figure.is_eq(),
            Self::AtMost => figure.is_le(),
            Self::LessThan => figure.is_lt(),
        }
    }
}

/// A target (mục tiêu) as it was set.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = indicator_targets)]
#[schema(as = AssessedTarget)]
pub struct Target {
    /// How the figure must stand to it.
    pub op: Comparison,
    /// What must be reached.
    #[schema(example = "90")]
    pub value: Decimal,
    /// The year it holds for; null for every year.
    #[schema(example = 2026)]
    pub year: Option<i32>,
    /// The organization it was set for; null for every one.
    pub organization: Option<OrgCode>,
}

/// The closest target: set for the organization and the year, for the organization, for the year, for all.
#[must_use]
pub fn choose<'a>(targets: &'a [Target], organization: &OrgCode, year: i32) -> Option<&'a Target> {
    let fits = |target: &&Target| {
        target.organization.as_ref().is_none_or(|own| own == organization) && target.year.is_none_or(|own| own == year)
    };
    targets.iter().filter(fits).max_by_key(|target| (target.organization.is_some(), target.year.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(organization: Option<&str>, year: Option<i32>, value: &str) -> Target {
        Target {
            op: Comparison::AtLeast,
            value: value.parse().unwrap(),
            year,
            organization: organization.map(|code| code.parse().unwrap()),
        }
    }

    #[test]
    fn the_closest_target_wins_whatever_the_order() {
        let mut targets = vec![
            target(None, None, "1"),
            target(None, Some(2026), "2"),
            target(Some("A"), None, "3"),
            target(Some("A"), Some(2026), "4"),
        ];
        for _ in 0..2 {
            let value = |code: &str, year| choose(&targets, &code.parse().unwrap(), year).unwrap().value.to_string();
            assert_eq!([value("A", 2026), value("A", 2025), value("B", 2026), value("B", 2025)], ["4", "3", "2", "1"]);
            targets.reverse();
        }
        assert_eq!(choose(&[target(Some("A"), None, "1")], &"B".parse().unwrap(), 2026), None);
    }

    #[test]
    fn more_than_ninety_is_not_ninety() {
        use Ordering::{Equal, Greater, Less};
        let met = |op: Comparison| [Less, Equal, Greater].map(|figure| op.is_met(figure));
        assert_eq!(met(Comparison::AtLeast), [false, true, true]);
        assert_eq!(met(Comparison::MoreThan), [false, false, true]);
        assert_eq!(met(Comparison::Exactly), [false, true, false]);
        assert_eq!(met(Comparison::AtMost), [true, true, false]);
        assert_eq!(met(Comparison::LessThan), [true, false, false]);
    }
}
