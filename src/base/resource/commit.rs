//! One order of checks, one stamp, one entry: how every version of every resource is made.

use std::ops::Deref;

use super::{Outcome, Precondition, Resource, record};
use crate::base::{
    auth::Caller,
    db::{self, Db, Reason},
    i18n::{Bilingual, bilingual},
    problem::{OrNotFound, Problem, kinds},
};

/// A locked record that the caller may change, in a version that it knows.
#[derive(Debug)]
pub struct Admitted<R>(R);

impl<R> Deref for Admitted<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

/// Admits the caller to a change of what was found and locked: found, then owner, then precondition.
///
/// # Errors
/// `not-found`, `source-not-yours`, `version-stale`, in this order.
pub fn admit<R: Resource>(
    found: Option<R>,
    caller: &Caller,
    precondition: Option<&Precondition>,
) -> Result<Admitted<R>, Problem> {
    let current = found.or_404(R::SUBJECT.as_str())?;
    caller.owns(current.source())?;
    precondition.map_or(Ok(()), |precondition| precondition.check(current.version()))?;
    Ok(Admitted(current))
}

/// Admits a caller whose change is not of what the owner gave, such as a report of whoever does the work.
///
/// # Errors
/// `not-found`.
pub fn admit_participant<R: Resource>(found: Option<R>) -> Result<Admitted<R>, Problem> {
    found.or_404(R::SUBJECT.as_str()).map(Admitted)
}

/// Makes a record that was not there: owner, rules, then version 1 with its entry.
///
/// # Errors
/// `source-not-yours`, what the rules say, `already-exists`.
pub async fn create<R: Resource>(
    db: &mut Db,
    caller: &Caller,
    mut first: R,
    rules: impl AsyncFnOnce(&mut Db, &mut R) -> Result<(), Problem>,
) -> Result<R, Problem> {
    caller.owns(first.source())?;
    rules(db, &mut first).await?;
    first.stamp(1, caller.date(db).await?);
    match first.insert(db).await {
        Ok(0) => return Err(taken(&first)),
        Err(error) if db::reason(&error) == Reason::Duplicate => return Err(taken(&first)),
        added => added?,
    };
    record(db, &caller.author(), &first, first.organization(), None).await?;
    Ok(first)
}

/// Puts `next` in the place of the record that the caller was admitted to: rules, then the next version with its entry;
/// `detail` is what was said with the change, as JSON. What is the same makes neither, and no rule is asked.
///
/// # Errors
/// What the rules say.
pub async fn commit<R: Resource>(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<R>,
    mut next: R,
    detail: Option<String>,
    rules: impl AsyncFnOnce(&mut Db, &mut R) -> Result<(), Problem>,
) -> Result<(R, Outcome), Problem> {
    if next == **current {
        return Ok((next, Outcome::Unchanged));
    }
    rules(db, &mut next).await?;
    // Clocks of servers that took over from each other differ: time does not run backwards in a record.
    next.stamp(current.number() + 1, caller.date(db).await?.max(current.recorded_at()));
    next.replace(db, current).await?;
    record(db, &caller.author(), &next, next.organization(), detail).await?;
    Ok((next, Outcome::Updated))
}

/// What answers a condition on a record that is not there: nothing could match, and what to do instead.
#[must_use]
pub fn nothing_to_match() -> Problem {
    let rule = Bilingual::new(
        "Chưa có bản ghi nào với khóa này; bỏ If-Match để tạo.",
        "There is no record with this key yet; leave If-Match out to create it.",
    );
    Problem { detail: rule, ..Problem::stale(0) }
}

fn taken<R: Resource>(first: &R) -> Problem {
    let place = first.place();
    Problem::new(
        &kinds::ALREADY_EXISTS,
        bilingual!(
            "Đã có bản ghi với khóa này: {place}; đọc hoặc sửa bản ghi đó, hoặc dùng khóa khác.",
            "A record with this key exists already: {place}; read or change that one, or use another key."
        ),
    )
}
