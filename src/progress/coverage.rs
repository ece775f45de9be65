//! How complete the figures are: what was to come, and what came.

use super::model::{Coverage, MissingFigure, MissingReason};
use crate::{
    assessments::{
        Subject,
        combine::{Figure, Reach},
    },
    calendars::Period,
};

impl Coverage {
    /// Counts one indicator in: a figure is expected of each organization with a target of its own, for each of the
    /// indicator's reporting periods within the period.
    pub fn count(&mut self, subject: &Subject, reach: &Reach, asked: Period) {
        let periods = match subject.indicator.frequency {
            Some(frequency) => asked.constituents(frequency).unwrap_or_default(),
            None => vec![asked],
        };
        let expected = subject.targeted.iter().filter(|(path, _)| !reach.is_alone || *path == reach.path);
        for (path, organization) in expected {
            let own = Reach { path: path.clone(), is_alone: reach.is_alone };
            for period in &periods {
                self.expected += 1;
                if subject.reports.combine(&own, *period).figure() != Figure::NoData {
                    self.received += 1;
                    continue;
                }
                let is_said = subject.reports.is_not_available(path, *period);
                self.missing.push(MissingFigure {
                    indicator: subject.indicator.code.clone(),
                    organization: organization.clone(),
                    period: *period,
                    reason: if is_said { MissingReason::NotAvailable } else { MissingReason::NotReported },
                });
            }
        }
    }
}
