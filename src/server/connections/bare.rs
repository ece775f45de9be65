//! The framework's own refusals. It gives one for what it cannot read, without a body, and no layer of the application
//! sees it: it is found in what is to be written. Every refusal of the application has a body.

/// Longer than any of them.
const LONGEST: usize = 256;

/// Where in these bytes a refusal without a body begins, with which they end, and its status.
pub fn refusal(bytes: &[u8]) -> Option<(usize, u16)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let tail = bytes.get(from..)?;
    let at = tail.windows(7).rposition(|part| part == b"HTTP/1.")?;
    let mut lines = std::str::from_utf8(tail.get(at..)?).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    (status >= 400 && lines.next() == Some("content-length: 0")).then_some((from + at, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_without_a_body_at_the_end_is_one() {
        let bare = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: x\r\n\r\n";
        assert_eq!(refusal(bare.as_bytes()), Some((0, 400)));
        let whole = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(refusal(format!("{whole}{bare}").as_bytes()), Some((whole.len(), 400)));
        for other in [
            whole.to_owned(),
            format!("{bare}{whole}"),
            "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "HTTP/1.1 404 Not Found\r\ncontent-length: 20\r\n\r\n".to_owned(),
            "0\r\n\r\n".to_owned(),
        ] {
            assert_eq!(refusal(other.as_bytes()), None, "{other}");
        }
    }
}
