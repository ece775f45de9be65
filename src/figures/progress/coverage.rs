//! How complete the figures are: what was to come, and what came.

use super::model::{Coverage, MissingFigure, MissingReason};
use crate::{
    figures::{assessments::Subject, rollup::combine::OrgScope},
    reference::calendars::Period,
};

impl Coverage {
    /// Counts one indicator in: a figure is expected of each organization with a target of its own, for each of the
    /// indicator's reporting periods within the period.
    pub fn count(&mut self, subject: &Subject, scope: &OrgScope, asked: Period) {
        let periods = match subject.indicator.frequency {
            Some(frequency) => asked.constituents(frequency).unwrap_or_default(),
            None => vec![asked],
        };
        let expected = subject.targeted.iter().filter(|(path, _)| !scope.is_alone || **path == scope.path);
        for (path, organization) in expected {
            for period in &periods {
                self.expected += 1;
                let Some(reason) = lack(subject, path, scope.is_alone, *period) else {
                    self.received += 1;
                    continue;
                };
                self.missing.push(MissingFigure {
                    indicator: subject.indicator.code.clone(),
                    organization: organization.clone(),
                    period: *period,
                    reason,
                });
            }
        }
    }
}

/// Why the organization's own figure is not there; none when it is.
fn lack(subject: &Subject, path: &str, is_alone: bool, period: Period) -> Option<MissingReason> {
    let has_figure = |is_alone| subject.reports.has_figure(&OrgScope { path: path.to_owned(), is_alone }, period);
    if has_figure(true) {
        None
    } else if !is_alone && has_figure(false) {
        // Also when it said `not_available`: a sum is shown, and that it is one of parts must not be overlooked.
        Some(MissingReason::PartsOnly)
    } else if subject.reports.is_not_available(path, period) {
        Some(MissingReason::NotAvailable)
    } else {
        Some(MissingReason::NotReported)
    }
}
