//! A compressed body, inflated step by step and stopped where it becomes too large.

use std::io::{Error, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};

use super::{coding::Coding, incoming};
use crate::base::{http::BODY_LIMIT, i18n::Bilingual, problem::Problem, validation::malformed};

/// What a body holds: a small one that holds gigabytes is stopped at the limit, with no more than that in memory.
pub fn inflated(sent: &[u8], coding: Coding) -> Result<Vec<u8>, Problem> {
    let sink = Bounded { bytes: Vec::new(), is_full: false };
    match coding {
        Coding::Gzip => {
            let mut decoder = MultiGzDecoder::new(sink);
            let ended = decoder.write_all(sent).and_then(|()| decoder.try_finish());
            decoder.get_mut().settled(ended)
        }
        Coding::Deflate => {
            let mut decoder = ZlibDecoder::new(sink);
            let ended = decoder.write_all(sent).and_then(|()| decoder.try_finish());
            decoder.get_mut().settled(ended)
        }
    }
}

/// Where a decoder writes, a few kilobytes at a time.
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Bounded {
    /// What came out, unless it was too much, or the decoder says that it is not all.
    fn settled(&mut self, ended: Result<(), Error>) -> Result<Vec<u8>, Problem> {
        if self.is_full {
            return Err(incoming::too_large(BODY_LIMIT));
        }
        // The decoder may flush once more when it is dropped.
        self.is_full = true;
        ended.map_err(|_| broken()).map(|()| std::mem::take(&mut self.bytes))
    }
}

impl Write for Bounded {
    fn write(&mut self, part: &[u8]) -> Result<usize, Error> {
        self.is_full = self.is_full || self.bytes.len() + part.len() > BODY_LIMIT;
        if self.is_full {
            return Err(Error::other("full"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// 400: it is not encoded as its headers say.
fn broken() -> Problem {
    malformed(&Bilingual::new(
        "nội dung không được nén như Content-Encoding đã nói, hoặc bị thiếu phần cuối",
        "the body is not compressed as its Content-Encoding says, or has no end",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::problem::kinds;
    use flate2::{
        Compression,
        write::{GzEncoder, ZlibEncoder},
    };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_compressed_comes_out_and_no_more_than_may() {
        let body = vec![b'x'; BODY_LIMIT];
        assert_eq!(inflated(&gzip(&body), Coding::Gzip).unwrap(), body);
        assert!(inflated(&gzip(&vec![b'x'; BODY_LIMIT + 1]), Coding::Gzip).unwrap_err().is(&kinds::BODY_TOO_LARGE));
        let members = [gzip(b"[1,"), gzip(b"2]")].concat();
        assert_eq!(inflated(&members, Coding::Gzip).unwrap(), b"[1,2]");
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"{}").unwrap();
        assert_eq!(inflated(&encoder.finish().unwrap(), Coding::Deflate).unwrap(), b"{}");
    }

    #[test]
    fn what_is_broken_is_refused() {
        let whole = gzip(b"{\"a\": 1}");
        for sent in [&whole[..whole.len() - 4], &whole[..12], b"no gzip", b""] {
            assert!(inflated(sent, Coding::Gzip).unwrap_err().is(&kinds::MALFORMED_REQUEST), "{sent:?}");
        }
        assert!(inflated(&[&whole[..], b"more"].concat(), Coding::Gzip).is_err());
        assert!(inflated(&whole, Coding::Deflate).is_err());
    }
}
