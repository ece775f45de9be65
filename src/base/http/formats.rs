//! The formats of lists: JSON, CSV (RFC 4180, UTF-8) and NDJSON, chosen by `Accept`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web::Bytes};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::{
    cells::Cells,
    page::{list_json, next_link},
};
use crate::base::{
    db::Batches,
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

    /// The format that `Accept` asks for.
    ///
    /// # Errors
    /// `not-acceptable`.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        chosen(accept.unwrap_or("*/*")).ok_or_else(|| {
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

/// The first type by weight that is offered (RFC 9110, 12.5.1).
fn chosen(accept: &str) -> Option<Format> {
    let mut wanted: Vec<(f32, &str)> = accept
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.trim().split(';').map(str::trim);
            let name = pieces.next()?;
            let weight = pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (weight > 0.0).then_some((weight, name))
        })
        .collect();
    wanted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    wanted.into_iter().find_map(|(_, name)| match name.to_ascii_lowercase().as_str() {
        "application/json" | "application/*" | "*/*" => Some(Format::Json),
        "text/csv" | "text/*" => Some(Format::Csv),
        "application/x-ndjson" => Some(Format::Ndjson),
        _ => None,
    })
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
