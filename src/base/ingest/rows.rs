//! Rows on their way from what came to what is written.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{OnError, RowNumber, RowResult, problems};
use crate::base::{
    i18n::{Language, bilingual},
    problem::{Problem, Violation, Violations, codes},
    validation::Parser,
};

/// How many rows a push may have; of more only their number is kept.
pub const MAX_ROWS: usize = 5_000;
/// How many violations of one push are told in full; of each further row that is wrong, the first.
const MAX_TOLD: usize = 2_000;

/// The rows of a body as they came, cut apart and not read yet: one that cannot be read does not hide the others.
#[derive(Debug)]
pub struct RawRows<T> {
    rows: Vec<Box<RawValue>>,
    sent: usize,
    kind: PhantomData<fn() -> T>,
}

impl<'de, T> Deserialize<'de> for RawRows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rows, sent) = deserializer.deserialize_seq(CutApart)?;
        Ok(Self { rows, sent, kind: PhantomData })
    }
}

struct CutApart;

impl<'de> Visitor<'de> for CutApart {
    type Value = (Vec<Box<RawValue>>, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut rows, mut sent) = (Vec::new(), 0);
        while rows.len() < MAX_ROWS
            && let Some(row) = items.next_element()?
        {
            rows.push(row);
            sent += 1;
        }
        while sent >= MAX_ROWS && items.next_element::<IgnoredAny>()?.is_some() {
            sent += 1;
        }
        Ok((rows, sent))
    }
}

impl<T> PartialSchema for RawRows<T>
where
    Vec<T>: PartialSchema,
{
    fn schema() -> RefOr<Schema> {
        Vec::<T>::schema()
    }
}

impl<T> ToSchema for RawRows<T> where Vec<T>: PartialSchema {}

impl<T: DeserializeOwned + ToSchema> RawRows<T> {
    /// Reads each row strictly, as a body of its own.
    ///
    /// # Errors
    /// `too-many-rows`, before any is read.
    pub fn read(self, most: usize) -> Result<Rows<T>, Problem> {
        let sent = self.sent;
        if sent > most {
            return Err(Problem::new(
                &problems::TOO_MANY_ROWS,
                bilingual!("{sent} dòng; một lần gửi nhiều nhất {most}.", "{sent} rows; one push has at most {most}."),
            ));
        }
        let (parser, mut told) = (Parser::new(), Told::default());
        let mut violations = Violations::in_body();
        let rows = self.rows.into_iter().enumerate().map(|(index, row)| {
            parser.parse(row.get().as_bytes()).map_err(|problem| {
                let mut place = violations.at(index);
                place.merge_problem(problem, codes::MALFORMED_ROW);
                told.of(&mut place)
            })
        });
        Ok(Rows { rows: rows.collect(), told })
    }
}

/// How many violations have been told.
#[derive(Debug, Default)]
struct Told(usize);

impl Told {
    /// What a row breaks, as far as there is room to tell it: each row says why it is rejected, and a thousand rows with a
    /// hundred faults each do not fill the memory.
    fn of(&mut self, place: &mut Violations) -> Vec<Violation> {
        let mut found = place.take();
        if self.0 + found.len() > MAX_TOLD && found.len() > 1 {
            let more = found.len() - 1;
            found.truncate(1);
            found.shrink_to_fit();
            let detail = bilingual!("và {more} lỗi nữa, không nêu ở đây", "and {more} more that are not listed");
            place.here(codes::MORE_VIOLATIONS, detail);
            found.extend(place.take());
        }
        self.0 += found.len();
        found
    }
}

/// Rows in the order sent, each good so far, or with the rules that it breaks.
#[derive(Debug)]
pub struct Rows<T> {
    rows: Vec<Result<T, Vec<Violation>>>,
    told: Told,
}

/// The rows that may be written, by their numbers, and how the others ended.
pub type Admitted<T, I> = (Vec<(RowNumber, T)>, Vec<RowResult<I>>);

impl<T> Rows<T> {
    /// The rows that are good so far.
    pub fn good(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().filter_map(|row| row.as_ref().ok())
    }

    /// Judges each row that is good so far, with the collector put at its place; a row that breaks a rule, or that the
    /// judge makes nothing of, is rejected.
    #[must_use]
    pub fn judge<U>(self, mut judge: impl FnMut(RowNumber, T, &mut Violations) -> Option<U>) -> Rows<U> {
        let (mut violations, mut told) = (Violations::in_body(), self.told);
        let judged = self.rows.into_iter().enumerate().map(|(index, row)| {
            let mut place = violations.at(index);
            let judged = judge(RowNumber::at(index), row?, &mut place);
            judged.filter(|_| place.is_empty()).ok_or_else(|| told.of(&mut place))
        });
        Rows { rows: judged.collect(), told }
    }

    /// Lets the good rows through, unless a rejected one stops them.
    ///
    /// # Errors
    /// `rows-rejected` with every reason, when one is rejected and `on_error` says abort.
    pub fn admit<I>(self, on_error: OnError, language: Language) -> Result<Admitted<T, I>, Problem> {
        if on_error == OnError::Abort && self.rows.iter().any(Result::is_err) {
            return Err(self.rejected());
        }
        let (mut good, mut ended) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for (index, row) in self.rows.into_iter().enumerate() {
            match row {
                Ok(row) => good.push((RowNumber::at(index), row)),
                Err(found) => ended.push(RowResult::rejected(RowNumber::at(index), found, language)),
            }
        }
        Ok((good, ended))
    }

    fn rejected(self) -> Problem {
        let all = self.rows.len();
        let found: Vec<_> = self.rows.into_iter().filter_map(Result::err).collect();
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
}

/// Says where in a file of several lists the refusal of a record belongs; its kind stays.
#[must_use]
pub fn located(mut problem: Problem, list: &'static str, index: usize) -> Problem {
    let code = problem.kind.code();
    let mut violations = Violations::in_body();
    let errors = std::mem::take(&mut problem.errors);
    if errors.is_empty() {
        violations.at(list).add(index, code, problem.detail.clone());
    } else {
        violations.at(list).at(index).extend(errors);
    }
    problem.errors = violations.take();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{i18n::Bilingual, ingest::IngestResult, resource::Outcome};

    const RULE: Bilingual = Bilingual::new("phải dương", "must be positive");

    fn read(json: &str) -> Rows<i32> {
        serde_json::from_str::<RawRows<i32>>(json).unwrap().read(4).unwrap()
    }

    fn positive(rows: Rows<i32>) -> Rows<i32> {
        rows.judge(|number, row, violations| {
            if row < 0 {
                violations.here(codes::OUT_OF_RANGE, RULE);
            }
            (number != RowNumber::at(3)).then_some(row)
        })
    }

    #[test]
    fn a_wrong_row_hides_no_other() {
        let rows = positive(read(r#"[1, "two", -3, 4]"#));
        let problem = rows.admit::<i32>(OnError::Abort, Language::En).unwrap_err();
        assert!(problem.is(&problems::ROWS_REJECTED), "{problem}");
        let places: Vec<_> = problem.errors.iter().map(|each| each.place.to_string()).collect();
        assert_eq!(places, ["#/1", "#/2"]);
        assert_eq!(problem.detail.en, "3 of 4 rows were rejected; nothing was written. See errors.");
    }

    #[test]
    fn the_good_rows_go_on_and_every_row_is_counted() {
        let rows = positive(read(r#"[1, "two", -3]"#));
        let (good, mut ended) = rows.admit(OnError::Continue, Language::En).unwrap();
        assert_eq!(good, [(RowNumber::at(0), 1)]);
        ended.extend(good.into_iter().map(|(number, id)| RowResult::of(number, Outcome::Created, id, 1)));
        let ingest = IngestResult::of(ended);
        let outcomes: Vec<_> = ingest.rows.iter().map(|row| (row.row.to_string(), row.outcome)).collect();
        let expected = [("1", Outcome::Created), ("2", Outcome::Rejected), ("3", Outcome::Rejected)];
        assert_eq!(outcomes, expected.map(|(number, outcome)| (number.to_owned(), outcome)));
        assert_eq!((ingest.counts.created, ingest.counts.rejected), (1, 2));
    }

    #[test]
    fn a_record_of_a_file_is_refused_in_its_place() {
        let places = |problem: Problem| located(problem, "tasks", 40).errors;
        let found = places(Problem::field("lead", codes::REQUIRED, RULE));
        assert_eq!((found[0].place.pointer(), found[0].code), (Some("#/tasks/40/lead"), codes::REQUIRED));
        let found = places(Problem::not_found("task"));
        assert_eq!((found[0].place.pointer(), found[0].code.as_str()), (Some("#/tasks/40"), "not-found"));
    }

    #[test]
    fn too_many_rows_are_refused_unread() {
        let raw: RawRows<i32> = serde_json::from_str(r#"[1, 2, "three"]"#).unwrap();
        assert!(raw.read(2).unwrap_err().is(&problems::TOO_MANY_ROWS));
    }
}
