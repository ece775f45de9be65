//! The formats of lists: JSON, CSV (RFC 4180, UTF-8) and NDJSON, chosen by `Accept`.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header};
use serde::Serialize;
use serde_json::Value;

use super::page::{Listed, next_link};
use crate::{bilingual::Bilingual, problem::Problem};

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
    /// The format that `Accept` asks for.
    ///
    /// # Errors
    /// `not-acceptable`.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        chosen(accept.unwrap_or("*/*")).ok_or_else(|| {
            Problem::new(
                "not-acceptable",
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
    page: Listed<T>,
) -> Result<HttpResponse, Problem> {
    let link = next_link(request, page.next_cursor.as_deref());
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept"));
    if let Some(link) = link {
        answer.insert_header((header::LINK, link));
    }
    match format {
        Format::Json => Ok(answer.json(page)),
        Format::Ndjson => {
            let lines: Result<String, _> =
                page.items.iter().map(|item| serde_json::to_string(item).map(|line| line + "\n")).collect();
            Ok(answer.content_type("application/x-ndjson").body(lines.map_err(Problem::internal)?))
        }
        Format::Csv => Ok(answer.content_type("text/csv; charset=utf-8").body(csv(columns, &page.items)?)),
    }
}

/// Rows as CSV: text as it is, nothing for null, JSON for a list or an object.
pub(crate) fn csv<T: Serialize>(columns: &[&str], items: &[T]) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(Problem::internal)?;
    for item in items {
        let value = serde_json::to_value(item).map_err(Problem::internal)?;
        let cells = columns.iter().map(|column| match value.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(Problem::internal)?;
    }
    writer.into_inner().map_err(Problem::internal)
}
