//! Indicators with what was reported of them, read a few at a time: not a round trip for each, and not all in memory.

use std::collections::{HashMap, VecDeque};

use super::{
    Subject,
    store::{self, Indicator},
};
use crate::{
    base::{
        db::{
            Db,
            types::{IndicatorCode, Inline, OrgCode},
        },
        problem::Problem,
        subtree::Subtree,
    },
    figures::rollup::{Reported, combine::Reports},
    reference::{
        calendars::Period,
        indicators::{self, model::Target},
    },
};

/// How many periods of one indicator are read at once, or how many indicators of one period: what a large tree reports
/// of them takes a few megabytes.
const AT_ONCE: usize = 4;

/// What was read of one indicator.
struct Loaded {
    indicator: Indicator,
    targets: Vec<Target>,
    targeted: Vec<(Inline, OrgCode)>,
    rows: Vec<Reported>,
}

/// Indicators of which some have been read.
pub struct Loading {
    waiting: VecDeque<Indicator>,
    loaded: VecDeque<Loaded>,
    under: Subtree,
    period: Period,
}

impl Loading {
    /// Nothing read yet of what the part of the tree reported for the period.
    #[must_use]
    pub fn of(indicators: Vec<Indicator>, under: Subtree, period: Period) -> Self {
        Self { waiting: indicators.into(), loaded: VecDeque::new(), under, period }
    }

    /// The next indicator with its targets and reports, in the order given.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self, db: &mut Db) -> Result<Option<Subject>, Problem> {
        if self.loaded.is_empty() {
            self.load(db).await?;
        }
        // The reports take several times the room of the rows: only those of one indicator are there at a time.
        Ok(self.loaded.pop_front().map(|Loaded { indicator, targets, targeted, rows }| {
            let reports = Reports::new(indicator.aggregation_rule(), &rows);
            Subject { indicator, targets, reports, targeted }
        }))
    }

    /// Reads the next ones whose reports are of the same periods.
    async fn load(&mut self, db: &mut Db) -> Result<(), Problem> {
        let Some(first) = self.waiting.front() else { return Ok(()) };
        let periods = first.aggregation_rule().periods(self.period);
        let most = (AT_ONCE / periods.len().max(1)).max(1);
        let alike =
            self.waiting.iter().take(most).take_while(|one| one.aggregation_rule().periods(self.period) == periods);
        let together: Vec<Indicator> = self.waiting.drain(..alike.count()).collect();
        let codes: Vec<_> = together.iter().map(|one| one.code.clone()).collect();
        let mut rows: Vec<Vec<Reported>> = together.iter().map(|_| Vec::new()).collect();
        for row in store::rows(db, &self.under, codes.clone(), periods).await? {
            let place = codes.iter().position(|code| *code == row.indicator);
            if let Some(rows) = place.and_then(|place| rows.get_mut(place)) {
                rows.push(row);
            }
        }
        let mut targets: HashMap<IndicatorCode, Vec<Target>> = HashMap::new();
        for (code, target) in indicators::store::targets_of(db, codes.clone()).await? {
            targets.entry(code).or_default().push(target);
        }
        let mut targeted: HashMap<IndicatorCode, Vec<(Inline, OrgCode)>> = HashMap::new();
        for (code, path, organization) in store::targeted(db, &self.under, codes, self.period.year()).await? {
            targeted.entry(code).or_default().push((path, organization));
        }
        self.loaded = together
            .into_iter()
            .zip(rows)
            .map(|(indicator, rows)| Loaded {
                targets: targets.remove(&indicator.code).unwrap_or_default(),
                targeted: targeted.remove(&indicator.code).unwrap_or_default(),
                rows,
                indicator,
            })
            .collect();
        Ok(())
    }
}
