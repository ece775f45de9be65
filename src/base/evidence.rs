//! Evidence (minh chứng): links to where the proof lies; files themselves are not kept here.

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use crate::base::{
    db::types::ShortText,
    i18n::{Bilingual, bilingual},
    problem::{Violations, codes},
};

/// The most pieces of evidence at once.
const MAX_EVIDENCE: usize = 50;
/// The longest address.
const MAX_URL_LENGTH: usize = 2000;

/// One piece of evidence (minh chứng): a link to the proof; files themselves are not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is.
    #[schema(example = "Báo cáo kết quả số hóa hồ sơ quý III")]
    pub title: ShortText,
    /// Where it is: an http or https address of at most 2,000 characters.
    #[schema(
        example = "https://qlvb.laichau.gov.vn/van-ban/2273",
        max_length = 2000,
        pattern = r"^https?://[^/?#\s\x00-\x1F\x7F-\x9F][^\s\x00-\x1F\x7F-\x9F]*$"
    )]
    pub url: String,
    /// SHA-256 of the file, 64 hexadecimal digits of either case, so that a changed file can be told.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9A-Fa-f]{64}$")]
    pub sha256: Option<String>,
}

/// Checks a list of evidence, wherever the caller has put the collector.
pub fn check(evidence: &[Evidence], violations: &mut Violations) {
    if evidence.len() > MAX_EVIDENCE {
        violations.here(codes::TOO_MANY, bilingual!("nhiều nhất {MAX_EVIDENCE}", "at most {MAX_EVIDENCE}"));
        return;
    }
    for (index, piece) in evidence.iter().enumerate() {
        let mut place = violations.at(index);
        if !is_address(&piece.url) {
            let rule = Bilingual::new(
                "phải là địa chỉ http hoặc https dài nhất 2000 ký tự",
                "must be an http or https address of at most 2000 characters",
            );
            place.add("url", codes::INVALID_VALUE, rule);
        }
        if piece.sha256.as_deref().is_some_and(|digest| !is_digest(digest)) {
            let rule = Bilingual::new("phải là 64 chữ số thập lục phân", "must be 64 hexadecimal digits");
            place.add("sha256", codes::INVALID_VALUE, rule);
        }
    }
}

fn is_address(url: &str) -> bool {
    url.chars().nth(MAX_URL_LENGTH).is_none()
        && !url.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        // The parser would mend a third slash.
        && !url.contains(":///")
        && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_evidence() {
        for url in ["https://a.vn/x?y#z", "http://10.0.0.1:8080/văn-bản", "https://a.vn"] {
            assert!(is_address(url), "{url}");
        }
        for url in [
            "",
            "a.vn",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "ftp://a.vn",
            "https://[",
            "https://a.vn/a b",
            "https://a.vn/\0",
        ] {
            assert!(!is_address(url), "{url}");
        }
        assert!(is_address(&format!("https://a/{}", "x".repeat(MAX_URL_LENGTH - 10))));
        assert!(!is_address(&format!("https://a/{}", "x".repeat(MAX_URL_LENGTH - 9))));
    }
}
