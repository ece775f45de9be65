//! A push: up to 5,000 rows, each of which ends as exactly one of created, updated, unchanged, rejected.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    answer::{ObservationPush, OnError, PushCounts, PushRow},
    check::{Numbers, check},
    model::{Observation, ObservationCreate, Row},
    problems,
    store::{self, UpsertResult},
};
use crate::{
    base::{
        auth::Caller,
        clock::new_id,
        db::{
            Db,
            types::{JsonText, ObservationId},
        },
        http::JsonResponse,
        i18n::{Bilingual, Language, bilingual},
        log::{self, Outcome},
        problem::{Problem, Violation, Violations, codes, kinds},
        resource,
        validation::parse,
    },
    reference::{
        indicators::{self, problems::UNKNOWN_INDICATOR},
        organizations::{self, problems::UNKNOWN_ORGANIZATION},
    },
};

/// How many rows one push may have.
pub const MAX_ROWS: usize = 5_000;

/// The rows of a push as they came, each to be read on its own.
#[derive(Debug, Deserialize)]
pub struct Rows(pub Vec<Box<RawValue>>);

impl PartialSchema for Rows {
    fn schema() -> RefOr<Schema> {
        Vec::<ObservationCreate>::schema()
    }
}

impl ToSchema for Rows {}

/// A row that could be read, or why it could not.
pub type Parsed = Result<ObservationCreate, Vec<Violation>>;

/// Reads each row on its own, so that a wrong one does not hide the others.
///
/// # Errors
/// `too-many-rows`.
pub fn read(rows: &[Box<RawValue>]) -> Result<Vec<Parsed>, Problem> {
    if rows.len() > MAX_ROWS {
        let sent = rows.len();
        return Err(Problem::new(
            &kinds::TOO_MANY_ROWS,
            bilingual!(
                "{sent} dòng; một lần gửi nhiều nhất {MAX_ROWS}.",
                "{sent} rows; one push has at most {MAX_ROWS}."
            ),
        ));
    }
    let mut violations = Violations::in_body();
    let rows = rows.iter().enumerate().map(|(index, row)| {
        parse(row.get().as_bytes()).map_err(|problem| {
            let mut place = violations.at(index);
            place.merge_problem(problem, codes::MALFORMED_ROW);
            place.take()
        })
    });
    Ok(rows.collect())
}

/// Writes the good rows, unless a bad one stops them.
///
/// # Errors
/// `rows-rejected` with every reason, when a bad row stops the rest.
pub async fn push(
    db: &mut Db,
    caller: &Caller,
    on_error: OnError,
    language: Language,
    parsed: Vec<Parsed>,
) -> Result<JsonResponse, Problem> {
    let checked = judge(db, caller, parsed).await?;
    if on_error == OnError::Abort && checked.iter().any(Result::is_err) {
        return Err(rejected(checked));
    }
    let (mut good, mut ended) = (Vec::with_capacity(checked.len()), Vec::new());
    for (row, judged) in (1..).zip(checked) {
        match judged {
            Ok(one) => good.push((row, one)),
            Err(found) => ended.push(PushRow { row, ..PushRow::rejected(found, language) }),
        }
    }
    ended.extend(write(db, caller, good).await?);
    ended.sort_unstable_by_key(|ended| ended.row);
    let mut push = ObservationPush { counts: PushCounts::default(), rows: ended };
    push.rows.iter().for_each(|ended| push.counts.count(ended.outcome));
    JsonResponse::of(if on_error == OnError::Abort { 200 } else { 207 }, &push)
}

fn rejected(checked: Vec<Result<Row, Vec<Violation>>>) -> Problem {
    let all = checked.len();
    let found: Vec<_> = checked.into_iter().filter_map(Result::err).collect();
    let bad = found.len();
    let mut problem = Problem::new(
        &problems::ROWS_REJECTED,
        bilingual!(
            "{bad} trên {all} dòng bị từ chối; không có gì được ghi. Xem errors.",
            "{bad} of {all} rows were rejected; nothing was written. See errors."
        ),
    );
    problem.errors = found.into_iter().flatten().collect();
    problem
}

/// Checks every row against the others, its indicator and the caller's part of the tree.
async fn judge(db: &mut Db, caller: &Caller, parsed: Vec<Parsed>) -> Result<Vec<Result<Row, Vec<Violation>>>, Problem> {
    let known = parsed.iter().filter_map(|row| row.as_ref().ok());
    let (codes, places): (HashSet<_>, HashSet<_>) =
        known.map(|row| (row.indicator.clone(), row.organization.clone())).unzip();
    let indicators = indicators::hold(db, caller, codes.into_iter().collect()).await?;
    let indicators: HashMap<_, _> = indicators.into_iter().map(|one| (one.code.clone(), one)).collect();
    let places = organizations::store::known(db, caller.subtree(), places.into_iter().collect()).await?;
    let places: HashSet<_> = places.into_iter().collect();
    let (mut seen, mut violations) = (HashMap::new(), Violations::in_body());
    let judged = parsed.into_iter().enumerate().map(|(index, row)| {
        let row = row?;
        let mut place = violations.at(index);
        let breakdown = row.breakdown.as_ref().map_or_else(String::new, ToString::to_string);
        let natural = (row.indicator.clone(), row.organization.clone(), row.period, breakdown.clone());
        if let Some(first) = seen.get(&natural) {
            place.here(codes::DUPLICATE_ROW, bilingual!("trùng khóa với dòng {first}", "same key as row {first}"));
        } else {
            seen.insert(natural, index + 1);
        }
        if !places.contains(&row.organization) {
            let rule = unknown("tổ chức", "organization", &row.organization);
            place.add("organization", UNKNOWN_ORGANIZATION, rule);
        }
        let Some(indicator) = indicators.get(&row.indicator) else {
            let rule = unknown("chỉ tiêu", "indicator", &row.indicator);
            place.add("indicator", UNKNOWN_INDICATOR, rule);
            return Err(place.take());
        };
        let numbers = check(&row, indicator, &mut place);
        if place.is_empty() {
            Ok(stored(row, breakdown, numbers, indicator.version, caller))
        } else {
            Err(place.take())
        }
    });
    Ok(judged.collect())
}

fn unknown(vi: &str, en: &str, code: &impl std::fmt::Display) -> Bilingual {
    bilingual!(
        "không có {vi} {code} trong phạm vi của hệ thống gọi",
        "there is no {en} {code} in the caller's part of the tree"
    )
}

fn stored(row: ObservationCreate, breakdown: String, numbers: Numbers, definition: i32, caller: &Caller) -> Row {
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
        created_at: caller.now(),
        updated_at: caller.now(),
    }
}

/// Writes rows under their numbers, each with its entry in the log when it changed something.
async fn write(db: &mut Db, caller: &Caller, mut rows: Vec<(usize, Row)>) -> Result<Vec<PushRow>, Problem> {
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
        ended.push(PushRow { row: number, ..PushRow::of(outcome, now.id, now.version) });
        if !now.is_written {
            continue;
        }
        let observation = Observation::from(now.onto(row));
        entries.push(resource::entry(&author, &observation, Some(&observation.organization), None)?);
    }
    log::append(db, entries).await?;
    Ok(ended)
}
