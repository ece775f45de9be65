//! Which target holds for an organization in a year.

use crate::{base::db::types::OrgCode, reference::indicators::model::Target};

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
    use crate::reference::indicators::model::TargetOp;

    fn target(organization: Option<&str>, year: Option<i32>, value: &str) -> Target {
        Target {
            op: TargetOp::AtLeast,
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
}
