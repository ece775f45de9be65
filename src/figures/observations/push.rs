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
        problem::{Fault, Place, Problem},
        resource,
        validation::parse,
    },
    reference::{indicators, organizations},
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
pub type Parsed = Result<ObservationCreate, Vec<Fault>>;

/// Reads each row on its own, so that a wrong one does not hide the others.
///
/// # Errors
/// `too-many-rows`.
pub fn read(rows: &[Box<RawValue>]) -> Result<Vec<Parsed>, Problem> {
    if rows.len() > MAX_ROWS {
        let sent = rows.len();
        return Err(Problem::new(
            "too-many-rows",
            bilingual!(
                "{sent} dòng; một lần gửi nhiều nhất {MAX_ROWS}.",
                "{sent} rows; one push has at most {MAX_ROWS}."
            ),
        ));
    }
    Ok(rows
        .iter()
        .enumerate()
        .map(|(at, row)| parse(row.get().as_bytes()).map_err(|wrong| placed(at, wrong)))
        .collect())
}

/// The faults of a row on its own, as faults of the body.
fn placed(at: usize, problem: Problem) -> Vec<Fault> {
    if problem.errors.is_empty() {
        return vec![fault(at, "", "malformed-row", problem.detail)];
    }
    let faults = problem.errors.into_iter();
    faults
        .map(|one| fault(at, one.place.pointer().unwrap_or_default().trim_start_matches("#/"), one.code, one.detail))
        .collect()
}

fn fault(at: usize, field: &str, code: &'static str, detail: Bilingual) -> Fault {
    let pointer = if matches!(field, "" | "#") { format!("#/{at}") } else { format!("#/{at}/{field}") };
    Fault { place: Place::Pointer(pointer), code, detail }
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
            Err(faults) => ended.push(PushRow { row, ..PushRow::rejected(faults, language) }),
        }
    }
    ended.extend(write(db, caller, good).await?);
    ended.sort_unstable_by_key(|ended| ended.row);
    let mut push = ObservationPush { counts: PushCounts::default(), rows: ended };
    push.rows.iter().for_each(|ended| push.counts.count(ended.outcome));
    JsonResponse::of(if on_error == OnError::Abort { 200 } else { 207 }, &push)
}

fn rejected(checked: Vec<Result<Row, Vec<Fault>>>) -> Problem {
    let all = checked.len();
    let faults: Vec<_> = checked.into_iter().filter_map(Result::err).collect();
    let bad = faults.len();
    let mut problem = Problem::new(
        "rows-rejected",
        bilingual!(
            "{bad} trên {all} dòng bị từ chối; không có gì được ghi. Xem errors.",
            "{bad} of {all} rows were rejected; nothing was written. See errors."
        ),
    );
    problem.errors = faults.into_iter().flatten().collect();
    problem
}

/// Checks every row against the others, its indicator and the caller's part of the tree.
async fn judge(db: &mut Db, caller: &Caller, parsed: Vec<Parsed>) -> Result<Vec<Result<Row, Vec<Fault>>>, Problem> {
    let known = parsed.iter().filter_map(|row| row.as_ref().ok());
    let (codes, places): (HashSet<_>, HashSet<_>) =
        known.map(|row| (row.indicator.clone(), row.organization.clone())).unzip();
    let indicators = indicators::hold(db, caller, codes.into_iter().collect()).await?;
    let indicators: HashMap<_, _> = indicators.into_iter().map(|one| (one.code.clone(), one)).collect();
    let places = organizations::store::known(db, caller.subtree(), places.into_iter().collect()).await?;
    let places: HashSet<_> = places.into_iter().collect();
    let mut seen = HashMap::new();
    let judged = parsed.into_iter().enumerate().map(|(at, row)| {
        let row = row?;
        let mut faults = Vec::new();
        let breakdown = row.breakdown.as_ref().map_or_else(String::new, ToString::to_string);
        let natural = (row.indicator.clone(), row.organization.clone(), row.period, breakdown.clone());
        if let Some(first) = seen.get(&natural) {
            faults.push(fault(
                at,
                "",
                "duplicate-row",
                bilingual!("trùng khóa với dòng {first}", "same key as row {first}"),
            ));
        } else {
            seen.insert(natural, at + 1);
        }
        if !places.contains(&row.organization) {
            faults.push(fault(
                at,
                "organization",
                "unknown-organization",
                unknown("tổ chức", "organization", &row.organization),
            ));
        }
        let Some(indicator) = indicators.get(&row.indicator) else {
            faults.push(fault(at, "indicator", "unknown-indicator", unknown("chỉ tiêu", "indicator", &row.indicator)));
            return Err(faults);
        };
        match check(&row, indicator) {
            Ok(numbers) if faults.is_empty() => Ok(stored(row, breakdown, numbers, indicator.version, caller)),
            Ok(_) => Err(faults),
            Err(flaws) => {
                faults.extend(flaws.into_iter().map(|(field, code, rule)| fault(at, &field, code, rule)));
                Err(faults)
            }
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
