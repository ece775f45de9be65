//! The one fold that counts tasks: fed by groups of the live table, or by one task at a time as of a date.

use std::collections::BTreeMap;

use super::model::{ByState, ByTimeliness, GroupCount, LeadCount, Money, Tasks};
use crate::{
    base::db::types::{Day, Inline, OrgCode, ShortText},
    figures::assessments::model::Exact,
    work::tasks::{AsOf, Timeliness, model::TaskState, timeliness},
};

/// Tasks that are alike in all that the fold asks, and their sums.
#[derive(Debug, Clone)]
pub struct TaskGroup {
    /// Their state.
    pub state: TaskState,
    /// When they are due.
    pub due_on: Option<Day>,
    /// When they were completed.
    pub completed_on: Option<Day>,
    /// Who leads them.
    pub lead: OrgCode,
    /// Their group.
    pub group: Option<Inline>,
    /// How many.
    pub count: i64,
    /// Σ percent, in ten-thousandths.
    pub percent: i128,
    /// Σ planned; none when none of them says.
    pub planned_vnd: Option<i64>,
    /// Σ spent; none when none of them says.
    pub spent_vnd: Option<i64>,
}

/// Counts as it goes.
#[derive(Debug)]
pub struct TaskTotals {
    as_of: AsOf,
    by_state: ByState,
    by_timeliness: ByTimeliness,
    by_group: BTreeMap<Option<Inline>, Tally>,
    by_lead: BTreeMap<OrgCode, Tally>,
    money: Money,
}

#[derive(Debug, Default)]
struct Tally {
    total: i64,
    completed: i64,
    cancelled: i64,
    overdue: i64,
    percent: i128,
}

impl Tally {
    fn add(&mut self, alike: &TaskGroup, timeliness: Timeliness) {
        self.total += alike.count;
        match alike.state {
            TaskState::Completed => self.completed += alike.count,
            TaskState::Cancelled => self.cancelled += alike.count,
            _ => {}
        }
        if timeliness == Timeliness::Overdue {
            self.overdue += alike.count;
        }
        if alike.state != TaskState::Cancelled {
            self.percent += alike.percent;
        }
    }

    /// The mean, half up, in ten-thousandths.
    fn percent(&self) -> Option<Exact> {
        let count = i128::from(self.total - self.cancelled);
        (count > 0).then(|| Exact((2 * self.percent + count).div_euclid(2 * count)))
    }
}

impl TaskTotals {
    /// Nothing counted yet; timeliness will be that of the day.
    #[must_use]
    pub fn on(as_of: AsOf) -> Self {
        Self {
            as_of,
            by_state: ByState::default(),
            by_timeliness: ByTimeliness::default(),
            by_group: BTreeMap::new(),
            by_lead: BTreeMap::new(),
            money: Money::default(),
        }
    }

    /// Counts them in.
    pub fn add(&mut self, alike: &TaskGroup) {
        let timeliness = timeliness(alike.state, alike.due_on, alike.completed_on, self.as_of);
        *self.by_state.of(alike.state) += alike.count;
        *self.by_timeliness.of(timeliness) += alike.count;
        self.by_group.entry(alike.group.clone()).or_default().add(alike, timeliness);
        self.by_lead.entry(alike.lead.clone()).or_default().add(alike, timeliness);
        add(&mut self.money.planned_vnd, alike.planned_vnd);
        add(&mut self.money.spent_vnd, alike.spent_vnd);
    }

    /// The figures, with the names of the leads.
    #[must_use]
    pub fn end(self, mut names: BTreeMap<OrgCode, ShortText>) -> (Tasks, Money) {
        let all = self.by_lead.values().fold(Tally::default(), |all, tally| Tally {
            total: all.total + tally.total,
            completed: all.completed + tally.completed,
            cancelled: all.cancelled + tally.cancelled,
            overdue: all.overdue + tally.overdue,
            percent: all.percent + tally.percent,
        });
        let by_group = self.by_group.into_iter().map(|(group, tally)| GroupCount {
            group: group.as_deref().map(str::to_owned),
            total: tally.total,
            completed: tally.completed,
            overdue: tally.overdue,
            percent: tally.percent(),
        });
        let by_lead = self.by_lead.into_iter().map(|(organization, tally)| LeadCount {
            name: names.remove(&organization),
            organization,
            total: tally.total,
            completed: tally.completed,
            overdue: tally.overdue,
            percent: tally.percent(),
        });
        let tasks = Tasks {
            total: all.total,
            percent: all.percent(),
            by_state: self.by_state,
            by_timeliness: self.by_timeliness,
            by_group: by_group.collect(),
            by_lead: by_lead.collect(),
        };
        (tasks, self.money)
    }
}

fn add(sum: &mut Option<i64>, more: Option<i64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}
