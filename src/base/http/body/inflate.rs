//! A compressed body, inflated step by step and stopped where it becomes too large.

use std::io::{Error, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};

use super::{coding::Coding, incoming, room::Place};
use crate::base::{http::BODY_LIMIT, i18n::Bilingual, problem::Problem, validation::malformed};

/// How much room is taken at once for what comes out.
const STEP: usize = 256 * 1024;

/// What a body holds. Its room is taken as it grows, so a small body that holds gigabytes is stopped at the limit with
/// no more than that in memory.
pub fn inflated(sent: &[u8], coding: Coding, room: &mut Place) -> Result<Vec<u8>, Problem> {
    let sink = Bounded { bytes: Vec::new(), taken: 0, room, refusal: None };
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
struct Bounded<'r> {
    bytes: Vec<u8>,
    taken: usize,
    room: &'r mut Place,
    refusal: Option<Problem>,
}

impl Bounded<'_> {
    /// What came out, unless it was too much, or the decoder says that it is not all.
    fn settled(&mut self, ended: Result<(), Error>) -> Result<Vec<u8>, Problem> {
        if let Some(refusal) = self.refusal.take() {
            return Err(refusal);
        }
        ended.map_err(|_| broken()).map(|()| std::mem::take(&mut self.bytes))
    }

    fn admit(&mut self, more: usize) -> Result<(), Problem> {
        let all = self.bytes.len() + more;
        if all > BODY_LIMIT {
            return Err(incoming::too_large(BODY_LIMIT));
        }
        if all > self.taken {
            let step = STEP.max(more);
            self.room.grow_now(step)?;
            self.taken += step;
            self.bytes.reserve_exact(self.taken - self.bytes.len());
        }
        Ok(())
    }
}

impl Write for Bounded<'_> {
    fn write(&mut self, part: &[u8]) -> Result<usize, Error> {
        if self.refusal.is_none()
            && let Err(refusal) = self.admit(part.len())
        {
            self.refusal = Some(refusal);
        }
        if self.refusal.is_some() {
            return Err(Error::other("refused"));
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
    use crate::base::{http::body::room::Room, problem::kinds};
    use flate2::{
        Compression,
        write::{GzEncoder, ZlibEncoder},
    };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(sent: &[u8], coding: Coding) -> Result<Vec<u8>, Problem> {
        let room = Room::of(64 << 20);
        inflated(sent, coding, &mut room.place(None))
    }

    #[test]
    fn what_was_compressed_comes_out_and_no_more_than_may() {
        let body = vec![b'x'; BODY_LIMIT];
        assert_eq!(read(&gzip(&body), Coding::Gzip).unwrap(), body);
        assert!(read(&gzip(&vec![b'x'; BODY_LIMIT + 1]), Coding::Gzip).unwrap_err().is(&kinds::BODY_TOO_LARGE));
        let members = [gzip(b"[1,"), gzip(b"2]")].concat();
        assert_eq!(read(&members, Coding::Gzip).unwrap(), b"[1,2]");
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"{}").unwrap();
        assert_eq!(read(&encoder.finish().unwrap(), Coding::Deflate).unwrap(), b"{}");
    }

    #[test]
    fn what_is_broken_is_refused() {
        let whole = gzip(b"{\"a\": 1}");
        for sent in [&whole[..whole.len() - 4], &whole[..12], b"no gzip", b""] {
            assert!(read(sent, Coding::Gzip).unwrap_err().is(&kinds::MALFORMED_REQUEST), "{sent:?}");
        }
        assert!(read(&[&whole[..], b"more"].concat(), Coding::Gzip).is_err());
        assert!(read(&whole, Coding::Deflate).is_err());
    }

    #[test]
    fn what_finds_no_room_is_told_so() {
        let room = Room::of(1 << 20);
        let refused = inflated(&gzip(&vec![b'x'; 4 << 20]), Coding::Gzip, &mut room.place(None)).unwrap_err();
        assert!(refused.is(&kinds::UNAVAILABLE) && refused.retry_after.is_some());
    }
}
