//! Lists of alternatives with weights: `Accept` and `Accept-Language` (RFC 9110, 12.4.2).

use actix_web::http::header::{HeaderMap, HeaderName};

/// What the header lists, each with its weight, in the caller's order; lines of the same name are one list. What cannot
/// be read is passed over.
///
/// actix-web's typed headers would do, but they refuse `q=.2`. Java before 19 sends `text/html, image/gif, image/jpeg,
/// *; q=.2, */*; q=.2` unless it is told otherwise, and must not be answered 406.
pub(super) fn weighted(headers: &HeaderMap, name: HeaderName) -> Vec<(&str, f32)> {
    let lines = headers.get_all(name).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(one).collect()
}

fn one(part: &str) -> Option<(&str, f32)> {
    let mut pieces = part.split(';').map(str::trim);
    let name = pieces.next().filter(|name| !name.is_empty())?;
    let weight = pieces.find_map(|piece| piece.strip_prefix(['q', 'Q'])?.strip_prefix('='));
    let weight: f32 = weight.map_or(Some(1.0), |weight| weight.parse().ok())?;
    (0.0..=1.0).contains(&weight).then_some((name, weight))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT, HeaderValue};

    use super::*;

    #[test]
    fn a_list_is_read_with_its_weights_and_what_is_odd_is_passed_over() {
        for (text, expected) in [
            ("", vec![]),
            ("a/b", vec![("a/b", 1.0)]),
            ("a/b;q=0, */*", vec![("a/b", 0.0), ("*/*", 1.0)]),
            ("a/b;x=y; Q=0.5 , c/d", vec![("a/b", 0.5), ("c/d", 1.0)]),
            ("text/html, *; q=.2, */*; q=.2", vec![("text/html", 1.0), ("*", 0.2), ("*/*", 0.2)]),
            (";;q=x,, ,a;q=2,b;q=-1,c;q=nan,d;q=inf,e;q=", vec![]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(text));
            assert_eq!(weighted(&headers, ACCEPT), expected, "{text}");
        }
    }
}
