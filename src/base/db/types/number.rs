//! The three grammars of a document's number: administrative, normative, Party.

/// Whether the text is a number by one of the grammars.
pub(super) fn is_number(text: &str) -> bool {
    text.chars().nth(100).is_none() && (is_administrative(text) || is_normative(text) || is_party(text))
}

/// `2273/KH-UBND`, `12a/BC-TTr`; before it is issued, a draft has only `/KH-TTr`.
fn is_administrative(text: &str) -> bool {
    text.split_once('/').is_some_and(|(serial, notation)| {
        let digits = serial.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(serial);
        let mut parts = notation.split('-');
        (serial.is_empty() || made_of(digits, |c| c.is_ascii_digit()))
            && parts.next().is_some_and(|kind| made_of(kind, |c| is_upper(c) || c.is_ascii_lowercase()))
            && parts.all(|part| made_of(part, |c| is_upper(c) || c.is_ascii_alphanumeric() || c == '&'))
    })
}

/// `09/2019/NĐ-CP`, `148/2025/QH15`.
fn is_normative(text: &str) -> bool {
    let mut pieces = text.splitn(3, '/');
    let (Some(serial), Some(year), Some(notation)) = (pieces.next(), pieces.next(), pieces.next()) else {
        return false;
    };
    let mut parts = notation.split('-');
    made_of(serial, |c| c.is_ascii_digit())
        && year.len() == 4
        && made_of(year, |c| c.is_ascii_digit())
        && parts.next().is_some_and(|kind| made_of(kind.trim_end_matches(|c: char| c.is_ascii_digit()), is_upper))
        && parts.all(|part| made_of(part, |c| is_upper(c) || c.is_ascii_lowercase() || c == '&'))
}

/// `57-NQ/TW`, `32-KH/TU`, `06-CTr/TU`: the abbreviations of kinds have lower-case letters too.
fn is_party(text: &str) -> bool {
    text.split_once('/').is_some_and(|(head, organ)| {
        made_of(organ, is_upper)
            && head
                .split_once('-')
                .is_some_and(|(serial, kind)| made_of(serial, |c| c.is_ascii_digit()) && is_kind(kind))
    })
}

fn is_kind(text: &str) -> bool {
    text.starts_with(is_upper) && made_of(text, |c| is_upper(c) || c.is_ascii_lowercase())
}

fn made_of(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

fn is_upper(c: char) -> bool {
    c.is_ascii_uppercase() || c == 'Đ'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_plan_is_one() {
        for number in [
            "2273/KH-UBND",
            "200/KH-TTr",
            "71/NQ-CP",
            "653/KH-UBND",
            "03/NQ-CP",
            "5926/KH-UBND",
            "/KH-TTr",
            "12a/BC-TTr",
            "1/QĐ-TTg",
            "7/QĐ-BKH&ĐT",
            "09/2019/NĐ-CP",
            "20/2020/QĐ-TTg",
            "148/2025/QH15",
            "57-NQ/TW",
            "45-NQ/TW",
            "32-KH/TU",
            "06-CTr/TU",
            "08-QĐi/TW",
            "12-TTr/TU",
            "36-HD/VPTW",
        ] {
            assert!(is_number(number), "{number}");
        }
    }

    #[test]
    fn what_follows_no_grammar_is_none() {
        for number in [
            "",
            "/",
            "2273",
            "a/KH-UBND",
            "2273/",
            "2273/KH-",
            "2273/-UBND",
            "2273/KH UBND",
            "2273/KH--UBND",
            " 71/NQ-CP",
            "71/NQ-CP\n",
            "12AB/KH",
            "12ab/KH",
            "09/19/NĐ-CP",
            "09/2019/",
            "09/2019/nđ-CP",
            "148/2025/15",
            "57-NQ/",
            "57-nq/TW",
            "-NQ/TW",
            "57-NQ/TW-UB",
            "٣/KH-UBND",
        ] {
            assert!(!is_number(number), "{number:?}");
        }
        assert!(!is_number(&format!("{}/KH", "1".repeat(98))));
    }
}
