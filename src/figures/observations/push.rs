//! A push: up to 5,000 rows, each of which ends as exactly one of created, updated, unchanged, rejected.

use std::collections::{HashMap, HashSet};

use super::{
    check::{Numbers, check},
    model::{Observation, ObservationCreate, Row},
    store::{self, UpsertResult},
};
use crate::{
    base::{
        auth::Caller,
        clock::new_id,
        db::{
            Db,
            types::{Instant, JsonText, ObservationId},
        },
        i18n::{Bilingual, Language, bilingual},
        ingest::{IngestResult, OnError, RowNumber, RowResult, Rows},
        log,
        problem::{Problem, codes},
        resource::{self, Outcome},
    },
    reference::{
        indicators::{self, problems::UNKNOWN_INDICATOR},
        organizations::{self, problems::UNKNOWN_ORGANIZATION},
    },
};

/// Writes the good rows, unless a bad one stops them.
///
/// # Errors
/// `rows-rejected` with every reason, when a bad row stops the rest.
pub async fn push(
    db: &mut Db,
    caller: &Caller,
    on_error: OnError,
    language: Language,
    rows: Rows<ObservationCreate>,
) -> Result<IngestResult<ObservationId>, Problem> {
    let (good, mut ended) = judge(db, caller, rows).await?.admit(on_error, language)?;
    ended.extend(write(db, caller, good).await?);
    Ok(IngestResult::of(ended))
}

/// Checks every row against the others, its indicator and the caller's part of the tree.
async fn judge(db: &mut Db, caller: &Caller, rows: Rows<ObservationCreate>) -> Result<Rows<Row>, Problem> {
    let (codes, places): (HashSet<_>, HashSet<_>) =
        rows.good().map(|row| (row.indicator.clone(), row.organization.clone())).unzip();
    let indicators = indicators::hold(db, caller, codes.into_iter().collect()).await?;
    let indicators: HashMap<_, _> = indicators.into_iter().map(|one| (one.code.clone(), one)).collect();
    let places = organizations::store::known(db, caller.subtree(), places.into_iter().collect()).await?;
    let places: HashSet<_> = places.into_iter().collect();
    // By now the push holds what it waited for; where the statement that writes waits for a row, that row's time still does
    // not run backwards.
    let date = caller.date(db).await?;
    let mut seen = HashMap::new();
    Ok(rows.judge(|number, row, violations| {
        let breakdown = row.breakdown.as_ref().map_or_else(String::new, ToString::to_string);
        let natural = (row.indicator.clone(), row.organization.clone(), row.period, breakdown.clone());
        if let Some(first) = seen.get(&natural) {
            violations.here(codes::DUPLICATE_ROW, bilingual!("trùng khóa với dòng {first}", "same key as row {first}"));
        } else {
            seen.insert(natural, number);
        }
        if !places.contains(&row.organization) {
            let rule = unknown("tổ chức", "organization", &row.organization);
            violations.add("organization", UNKNOWN_ORGANIZATION, rule);
        }
        let Some(indicator) = indicators.get(&row.indicator) else {
            violations.add("indicator", UNKNOWN_INDICATOR, unknown("chỉ tiêu", "indicator", &row.indicator));
            return None;
        };
        let numbers = check(&row, indicator, violations);
        Some(stored(row, breakdown, numbers, indicator.version, date))
    }))
}

fn unknown(vi: &str, en: &str, code: &impl std::fmt::Display) -> Bilingual {
    bilingual!(
        "không có {vi} {code} trong phạm vi của hệ thống gọi",
        "there is no {en} {code} in the caller's part of the tree"
    )
}

fn stored(row: ObservationCreate, breakdown: String, numbers: Numbers, definition: i32, date: Instant) -> Row {
    Row {
        id: ObservationId(new_id()),
        indicator: row.indicator,
        organization: row.organization,
        period: row.period,
        breakdown,
        numerator: numbers.numerator,
        denominator: numbers.denominator,
        value: numbers.value,
        missing: numbers.missing,
        status: row.status,
        source: row.source,
        note: row.note,
        evidence: JsonText(row.evidence),
        definition,
        version: 1,
        created_at: date,
        updated_at: date,
    }
}

/// Writes rows under their numbers, each with its entry in the log when it changed something.
async fn write(
    db: &mut Db,
    caller: &Caller,
    mut rows: Vec<(RowNumber, Row)>,
) -> Result<Vec<RowResult<ObservationId>>, Problem> {
    // In the order of the key: two pushes of the same rows wait for each other instead of locking each other out.
    rows.sort_unstable_by(|(_, one), (_, other)| {
        (&one.indicator, one.period, &one.organization, &one.breakdown).cmp(&(
            &other.indicator,
            other.period,
            &other.organization,
            &other.breakdown,
        ))
    });
    let (numbers, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let upserted = store::upsert(db, &rows).await?;
    let author = caller.author();
    let (mut ended, mut entries) = (Vec::with_capacity(rows.len()), Vec::new());
    for ((number, row), now) in numbers.into_iter().zip(rows).zip(upserted) {
        let outcome = match now {
            UpsertResult { is_written: false, .. } => Outcome::Unchanged,
            UpsertResult { version: 1, .. } => Outcome::Created,
            UpsertResult { .. } => Outcome::Updated,
        };
        ended.push(RowResult::of(number, outcome, now.id, now.version));
        if !now.is_written {
            continue;
        }
        let observation = Observation::from(now.onto(row));
        entries.push(resource::entry(&author, &observation, Some(&observation.organization), None)?);
    }
    log::append(db, entries).await?;
    Ok(ended)
}
