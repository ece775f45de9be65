//! Where the body of a request ends (RFC 9112, 6): what comes behind is the next request, and is not handed on before its
//! turn. The framework would read on, and keep a dozen requests with all their headers for a peer that reads no answer.

use actix_web::{HttpMessage, dev::ServiceRequest, http::header};

/// What is still to come of a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Framing {
    /// Nothing.
    None,
    /// So many bytes.
    Sized(u64),
    /// Chunks, of which this part has been reached.
    Chunked(Chunk),
    /// Whatever comes.
    UntilClosed,
}

/// The part of a chunked body that has been reached.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Chunk {
    /// The line with the size, so far.
    Size(u64),
    /// What follows the size on its line.
    Extension(u64),
    /// So many bytes of data, and the end of line behind them.
    Data(u64),
    /// The end of line behind the data.
    DataEnd,
    /// A line of the trailer, and whether anything stands on it.
    Trailer(bool),
}

impl Framing {
    /// That of a request, whose head has been read.
    pub fn of(request: &ServiceRequest) -> Self {
        if request.chunked().unwrap_or(false) {
            return Self::Chunked(Chunk::Size(0));
        }
        let length = request.headers().get(header::CONTENT_LENGTH);
        match length.and_then(|length| length.to_str().ok()?.trim().parse().ok()) {
            Some(0) => Self::None,
            Some(length) => Self::Sized(length),
            None => Self::UntilClosed,
        }
    }

    /// Whether nothing is to come.
    pub fn is_at_end(&self) -> bool {
        *self == Self::None
    }

    /// How many of these bytes are of the body.
    pub fn take(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::None => 0,
            Self::UntilClosed => bytes.len(),
            Self::Sized(left) => {
                let taken = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= taken as u64;
                if *left == 0 {
                    *self = Self::None;
                }
                taken
            }
            Self::Chunked(chunk) => {
                let mut rest = bytes;
                while !rest.is_empty() {
                    match chunk.take(rest) {
                        (taken, Some(next)) => {
                            rest = rest.get(taken..).unwrap_or_default();
                            *chunk = next;
                        }
                        (taken, None) => {
                            *self = Self::None;
                            return bytes.len() - rest.len() + taken;
                        }
                    }
                }
                bytes.len()
            }
        }
    }
}

impl Chunk {
    /// Takes at least one byte; how many, and what comes then. What is no chunk is the framework's to refuse.
    fn take(self, bytes: &[u8]) -> (usize, Option<Self>) {
        let first = bytes.first().copied().unwrap_or_default();
        let next = match (self, first) {
            (Self::Data(left), _) => {
                let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - taken as u64;
                return (taken, Some(if left == 0 { Self::DataEnd } else { Self::Data(left) }));
            }
            (Self::Size(0) | Self::Extension(0) | Self::Trailer(true), b'\n') => Self::Trailer(false),
            (Self::Size(size) | Self::Extension(size), b'\n') => Self::Data(size),
            (Self::Size(size), digit) => match char::from(digit).to_digit(16) {
                Some(digit) => Self::Size(size.saturating_mul(16).saturating_add(digit.into())),
                None => Self::Extension(size),
            },
            (Self::Extension(size), _) => Self::Extension(size),
            (Self::DataEnd, b'\n') => Self::Size(0),
            (Self::DataEnd, _) => Self::DataEnd,
            (Self::Trailer(false), b'\n') => return (1, None),
            (Self::Trailer(is_used), letter) => Self::Trailer(is_used || letter != b'\r'),
        };
        (1, Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of these bytes, which come in parts of each size.
    fn left(mut framing: impl FnMut() -> Framing, bytes: &str) -> Vec<&str> {
        let after = |size: usize| {
            let (mut framing, mut at) = (framing(), 0);
            for part in bytes.as_bytes().chunks(size) {
                at += framing.take(part);
                if framing.is_at_end() {
                    break;
                }
            }
            &bytes[at..]
        };
        let mut found: Vec<_> = (1..=bytes.len()).map(after).collect();
        found.dedup();
        found
    }

    #[test]
    fn a_sized_body_ends_after_its_bytes() {
        assert_eq!(left(|| Framing::Sized(4), "abcdGET /"), ["GET /"]);
    }

    #[test]
    fn a_chunked_body_ends_after_its_trailer() {
        let chunked = || Framing::Chunked(Chunk::Size(0));
        assert_eq!(left(chunked, "0\r\n\r\nGET /"), ["GET /"]);
        assert_eq!(left(chunked, "4;a=\"0\"\r\n0\r\n\r\r\n10\r\n0123456789abcdef\r\n0\r\n\r\nGET /"), ["GET /"]);
        assert_eq!(left(chunked, "1\r\na\r\n00\r\nChecksum: 0\r\n\r\nGET /"), ["GET /"]);
        assert_eq!(left(chunked, "5\r\nabc"), [""]);
    }
}
