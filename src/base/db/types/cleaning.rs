//! What is made of a text that was typed or pasted, so that two texts that look the same are the same.
//!
//! Word and web pages leave no-break spaces, zero-width characters and soft hyphens behind, and old Vietnamese fonts the
//! Icelandic eth in the place of đ. A reader sees none of it; a search, a comparison and a unique key do.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in composed form (NFC), with a run of white space as one space and none at the ends, without what is
/// invisible, with đ for its look-alikes. With `lines` its line breaks stay, as line feeds; each line is cleaned alone.
///
/// Borrowed when it is clean already, as nearly all is that programs send.
pub(super) fn clean(text: &str, lines: bool) -> Cow<'_, str> {
    if is_clean(text, lines) {
        return Cow::Borrowed(text);
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).map(mended).nfc().collect();
    if !lines {
        return Cow::Owned(words(&visible));
    }
    let all: Vec<_> = visible.replace("\r\n", "\n").split(is_line_break).map(words).collect();
    Cow::Owned(all.join("\n").trim().to_owned())
}

/// The text in composed form (NFC), without white space and invisible characters at its ends, else as it is: for what
/// another system must recognise as its own.
pub(super) fn exact(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(is_blank);
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Whether a reader sees nothing of the character, at the end of a line or anywhere.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// The letter that was meant: Vietnamese has no eth and no African D, whose capitals look like Đ.
pub(super) const fn mended(c: char) -> char {
    match c {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        c => c,
    }
}

fn is_clean(text: &str, lines: bool) -> bool {
    let (mut last, mut is_plain) = (' ', true);
    for c in text.chars() {
        let is_right = match c {
            '!'..='~' => true,
            ' ' => !matches!(last, ' ' | '\n'),
            '\n' if lines => last != ' ',
            // The letters of Vietnamese, which stay as they are in NFC.
            '\u{c0}'..='\u{24f}' | '\u{1ea0}'..='\u{1ef9}' => mended(c) == c,
            c => {
                is_plain = false;
                !is_blank(c) && mended(c) == c
            }
        };
        if !is_right {
            return false;
        }
        last = c;
    }
    !matches!(last, ' ' | '\n') && (is_plain || is_nfc(text))
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Unicode's mandatory breaks (UAX 14: BK, CR, LF, NL); Word writes a break within a paragraph as a vertical tab.
const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Unicode's `Default_Ignorable_Code_Point`: soft hyphen, zero-width spaces and joiners, marks of direction, byte order
/// mark, variation selectors, fillers, tags. What they change elsewhere (joined emoji, Arabic, Mongolian) no Vietnamese
/// or English text needs.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for text in [
            "Kế hoạch Đảng",
            "  Kế hoạch  Đảng ",
            "Kế\u{a0}hoạch\u{202f}Đảng",
            "Kế\u{2007}hoạch\u{3000}Đảng\u{feff}",
            "\u{200b}Kế\u{ad} hoạch \u{200b} Đ\u{2060}ảng",
            "\u{200f}Kế hoạch\tĐảng\u{200e}\n",
            "Kế hoạch Ðảng",
            "Kế hoạch Ɖảng",
            "Ke\u{302}\u{301} hoa\u{323}ch \u{110}a\u{309}ng",
            "Ke\u{302}\u{200b}\u{301} hoạch\u{2028}Đảng",
            "Kế\u{b}hoạch\r\nĐảng",
        ] {
            assert_eq!(clean(text, false), "Kế hoạch Đảng", "{text:?}");
        }
        assert_eq!(clean("xuân ðến", false), "xuân đến");
        assert!(matches!(clean("Kế hoạch Đảng 2026", false), Cow::Borrowed(_)));
        assert!(matches!(clean("Kế hoạch\n\n- Đảng", true), Cow::Borrowed(_)));
    }

    #[test]
    fn long_texts_keep_their_line_breaks() {
        for (text, kept) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            (" a  b \n\n \t c\u{a0}\u{a0}d\t\n", "a b\n\nc d"),
            ("\r\n\n a\u{b}b\u{2028}c\u{2029}d\u{85}e\u{c}f\u{200b}\n", "a\nb\nc\nd\ne\nf"),
            ("a\r\u{200b}\nb", "a\nb"),
            ("\n \u{feff}\n", ""),
        ] {
            assert_eq!(clean(text, true), kept, "{text:?}");
        }
    }

    #[test]
    fn what_must_be_exact_is_composed_and_trimmed_only() {
        assert_eq!(exact("\u{feff} Ke\u{302}\u{301}  hoạch\u{a0}Ð\u{200b}1\t\u{a0}"), "Kế  hoạch\u{a0}Ð\u{200b}1");
        assert_eq!(exact("\u{200b}\u{a0}"), "");
        assert!(matches!(exact(" LC-TTR "), Cow::Borrowed("LC-TTR")));
    }

    /// Strings of characters that do something to each other, in every order, up to four at a time.
    fn every_text() -> impl Iterator<Item = String> {
        const LETTERS: [&str; 17] = [
            "", "a", "e", "\u{302}", "\u{301}", "ế", " ", "\u{a0}", "\u{200b}", "\n", "\r", "\t", "\u{2028}", "Ð", "đ",
            "\u{feff}", "\u{344}",
        ];
        let count = LETTERS.len();
        (0..count.pow(4)).map(move |n| (0..4).map(|at| LETTERS[n / count.pow(at) % count]).collect())
    }

    #[test]
    fn cleaning_twice_is_cleaning_once() {
        for (text, lines) in every_text().flat_map(|text| [(text.clone(), false), (text, true)]) {
            let once = clean(&text, lines).into_owned();
            assert!(is_nfc(&once) && is_clean(&once, lines) != once.is_empty(), "{text:?}");
            assert_eq!(clean(&once, lines), once, "{text:?}");
            assert!(!once.contains("  ") && once.trim_matches(is_blank) == once, "{text:?}");
            let breaks = once.contains('\n');
            assert!(if lines { !once.contains(" \n") && !once.contains("\n ") } else { !breaks }, "{text:?}");
            let kept = exact(&text).into_owned();
            assert!(is_nfc(&kept) && exact(&kept) == kept, "{text:?}");
        }
    }
}
