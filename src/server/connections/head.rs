//! Where the head of a request ends: behind an empty line.

/// A head that is being read.
#[derive(Debug, Default, Clone, Copy)]
pub struct Head {
    /// Its bytes so far.
    pub size: usize,
    /// Whether the line that is being read is empty so far.
    is_line_empty: bool,
}

impl Head {
    /// How many of these bytes are of the head, when it ends among them.
    pub fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if self.is_line_empty => {
                    *self = Self::default();
                    return Some(at + 1);
                }
                b'\n' => self.is_line_empty = true,
                b'\r' => {}
                _ => self.is_line_empty = false,
            }
        }
        self.size += bytes.len();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_behind_the_empty_line_however_it_comes() {
        for head in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n"] {
            let bytes = format!("{head}GET /next");
            for size in 1..bytes.len() {
                let (mut read, mut at) = (Head::default(), 0);
                let end = bytes.as_bytes().chunks(size).find_map(|part| {
                    at += part.len();
                    read.end(part).map(|end| at - part.len() + end)
                });
                assert_eq!(end, Some(head.len()), "{size}");
            }
        }
        let mut open = Head::default();
        assert_eq!((open.end(b"GET / HTTP/1.1\r\nHost: x\r\n"), open.size), (None, 25));
    }
}
