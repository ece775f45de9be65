//! The formats of lists: JSON, CSV (RFC 4180, UTF-8) and NDJSON, chosen by `Accept`.

use std::{
    cmp::Reverse,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    web::Bytes,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::{
    cells::Cells,
    page::{list_json, next_link},
    weighted::weighted,
};
use crate::base::{
    db::{Batches, types::Instant},
    i18n::Bilingual,
    page::Page,
    problem::{Problem, kinds},
};

/// A format that a list can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/csv`.
    Csv,
    /// `application/x-ndjson`.
    Ndjson,
}

impl FromRequest for Format {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// How closely a media range names this format: exactly, by its first half, or as anything; `None` when not at all.
    fn specificity(self, range: &str) -> Option<u8> {
        let (exact, half) = match self {
            Self::Json => ("application/json", "application/*"),
            Self::Csv => ("text/csv", "text/*"),
            Self::Ndjson => ("application/x-ndjson", "application/*"),
        };
        match range {
            _ if range == exact => Some(2),
            _ if range == half => Some(1),
            "*/*" => Some(0),
            _ => None,
        }
    }

    /// The format that `Accept` asks for.
    ///
    /// # Errors
    /// `not-acceptable`.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        chosen(request.headers()).ok_or_else(|| {
            Problem::new(
                &kinds::NOT_ACCEPTABLE,
                Bilingual::new(
                    "Có các định dạng application/json, text/csv và application/x-ndjson.",
                    "The formats are application/json, text/csv and application/x-ndjson.",
                ),
            )
        })
    }
}

/// The format with the highest weight, and among those the one named first (RFC 9110, 12.5.1). The most specific range
/// that takes a format gives its weight, so that `application/json;q=0, */*` is anything but JSON.
fn chosen(headers: &HeaderMap) -> Option<Format> {
    if headers.get_all(header::ACCEPT).all(|value| value.as_bytes().trim_ascii().is_empty()) {
        return Some(Format::Json);
    }
    let ranges = weighted(headers, header::ACCEPT);
    let formats = [Format::Json, Format::Csv, Format::Ndjson].into_iter().filter_map(|format| {
        let taking = ranges.iter().enumerate().filter_map(|(at, (range, weight))| {
            Some((format.specificity(&range.to_ascii_lowercase())?, Reverse(at), *weight))
        });
        let (_, Reverse(at), weight) = taking.max_by_key(|(specificity, at, _)| (*specificity, *at))?;
        (weight > 0.0).then_some((format, at, weight))
    });
    // On a tie `min_by` keeps the first: JSON for `*/*` and `application/*`.
    let best = formats.min_by(|(_, at, weight), (_, other_at, other)| other.total_cmp(weight).then(at.cmp(other_at)));
    best.map(|(format, ..)| format)
}

/// Writes one page of a list in the format asked for; `columns` name the fields of a CSV row in order.
///
/// # Errors
/// `internal`, when an item cannot be written.
pub fn table<T: Serialize>(
    request: &HttpRequest,
    format: Format,
    columns: &[&str],
    page: &Page<T>,
) -> Result<HttpResponse, Problem> {
    let link = next_link(request, page.next_cursor.as_deref());
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept"));
    if let Some(link) = link {
        answer.insert_header((header::LINK, link));
    }
    match format {
        Format::Json => Ok(list_json(&mut answer, page)),
        lines => Ok(answer.content_type(lines.media_type()).body(Lines::of(lines, columns).write(&page.items)?)),
    }
}

/// Writes a whole list in the format asked for as it comes, batch after batch; what fails before the first item is a
/// problem, what fails later cuts the answer off, so that a part is not taken for the whole.
///
/// # Errors
/// What came instead of the first batch.
pub async fn export<T: Serialize + 'static>(
    format: Format,
    columns: &'static [&'static str],
    batches: Batches<Vec<T>, Problem>,
) -> Result<HttpResponse, Problem> {
    let mut lines = Lines::of(format, columns);
    // A closed channel is the end of the list.
    let first = batches.recv_async().await.unwrap_or_else(|_| Ok(Vec::new()))?;
    let first = lines.write(&first)?;
    let rest = batches.into_stream().map(move |batch| lines.write(&batch?));
    let body = stream::once(ready(Ok::<_, Problem>(first))).chain(rest).map_ok(Bytes::from);
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept")).content_type(format.media_type());
    Ok(answer.streaming(body))
}

/// Says in the header `Watermark` from where a reader of changes goes on; lines have no other place for it.
#[must_use]
pub fn marked(mut answer: HttpResponse, watermark: Option<Instant>) -> HttpResponse {
    if let Some(value) = watermark.and_then(|moment| HeaderValue::from_str(&moment.to_string()).ok()) {
        answer.headers_mut().insert(HeaderName::from_static("watermark"), value);
    }
    answer
}

/// Items as CSV or NDJSON; CSV begins with the names of the columns.
struct Lines<'a> {
    format: Format,
    cells: Cells<'a>,
    head: Option<&'a [&'a str]>,
}

impl<'a> Lines<'a> {
    fn of(format: Format, columns: &'a [&'a str]) -> Self {
        Self { format, cells: Cells::of(columns), head: Some(columns) }
    }

    fn write<T: Serialize>(&mut self, items: &[T]) -> Result<Vec<u8>, Problem> {
        if self.format != Format::Csv {
            let mut text = Vec::new();
            for item in items {
                sonic_rs::to_writer(&mut text, item).map_err(Problem::internal)?;
                text.push(b'\n');
            }
            return Ok(text);
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        if let Some(columns) = self.head.take() {
            writer.write_record(columns).map_err(Problem::internal)?;
        }
        for item in items {
            writer.write_record(self.cells.fill(item).map_err(Problem::internal)?).map_err(Problem::internal)?;
        }
        writer.into_inner().map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_heaviest_format_wins_and_a_weight_of_zero_is_a_no() {
        for (accept, expected) in [
            ("", Some(Format::Json)),
            ("*/*", Some(Format::Json)),
            ("text/*", Some(Format::Csv)),
            ("application/*", Some(Format::Json)),
            ("text/csv, application/json", Some(Format::Csv)),
            ("application/json;q=0.5, text/csv;q=0.9", Some(Format::Csv)),
            ("TEXT/CSV; charset=utf-8", Some(Format::Csv)),
            ("application/json;q=0", None),
            ("application/json;q=0, application/*", Some(Format::Ndjson)),
            ("application/json;q=0, */*", Some(Format::Csv)),
            ("*/*, application/json;q=0, text/*;q=0.0", Some(Format::Ndjson)),
            ("*/*;q=0.1, application/x-ndjson", Some(Format::Ndjson)),
            ("*/*;q=0", None),
            ("application/xml", None),
            ("application/json;q=2", None),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Format::Json)),
            ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", Some(Format::Json)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(chosen(&headers), expected, "{accept}");
        }
        assert_eq!(chosen(&HeaderMap::new()), Some(Format::Json));
    }
}
