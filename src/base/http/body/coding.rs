//! What a body is compressed with (RFC 9110, 8.4): one coding of two, or none.

use actix_web::http::header::{self, HeaderMap};

use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// A coding that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952, in any number of members.
    Gzip,
    /// RFC 1950: zlib, which HTTP calls deflate.
    Deflate,
}

/// The coding of a body that is taken; `None` when it is as it is.
///
/// Only what is worth its risk is taken: a stream of brotli may ask for a window of 16 MiB with its first bytes, and a
/// list of codings multiplies what the first of them can hold.
pub fn of(headers: &HeaderMap) -> Result<Option<Coding>, Problem> {
    let mut values = headers.get_all(header::CONTENT_ENCODING);
    let Some(value) = values.next() else { return Ok(None) };
    let value = value.as_bytes().trim_ascii();
    let is = |name: &str| value.eq_ignore_ascii_case(name.as_bytes());
    match () {
        () if values.next().is_some() => Err(refused()),
        () if value.is_empty() || is("identity") => Ok(None),
        () if is("gzip") || is("x-gzip") => Ok(Some(Coding::Gzip)),
        () if is("deflate") => Ok(Some(Coding::Deflate)),
        () => Err(refused()),
    }
}

fn refused() -> Problem {
    Problem::new(
        &kinds::UNSUPPORTED_CONTENT_ENCODING,
        Bilingual::new(
            "Content-Encoding chỉ nhận một trong gzip và deflate, hoặc không nén; không nhận kiểu khác hay nén nhiều lớp.",
            "Content-Encoding may be one of gzip and deflate, or none; no other is taken, nor several at once.",
        ),
    )
}

/// What answers a compressed form.
pub fn refused_in_forms() -> Problem {
    Problem::new(
        &kinds::UNSUPPORTED_CONTENT_ENCODING,
        Bilingual::new("Biểu mẫu ở /oauth2 không được nén.", "A form at /oauth2 must not be compressed."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{CONTENT_ENCODING, HeaderValue};

    #[test]
    fn one_coding_of_two_is_taken() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            of(&headers)
        };
        for (values, coding) in [
            (&[][..], None),
            (&["identity"], None),
            (&[""], None),
            (&["gzip"], Some(Coding::Gzip)),
            (&[" X-GZip "], Some(Coding::Gzip)),
            (&["Deflate"], Some(Coding::Deflate)),
        ] {
            assert_eq!(read(values).unwrap(), coding, "{values:?}");
        }
        for values in
            [&["br"][..], &["lzma"], &["zstd"], &["gzip, gzip"], &["gzip", "gzip"], &["identity", "br"], &["*"]]
        {
            assert!(read(values).unwrap_err().is(&kinds::UNSUPPORTED_CONTENT_ENCODING), "{values:?}");
        }
    }
}
