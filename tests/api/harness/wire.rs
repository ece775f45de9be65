//! A caller that writes its own bytes: slow, cut off, or not HTTP at all.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use super::Api;

/// A connection to a service.
pub struct Wire(TcpStream);

/// An answer as it came, up to the end of the connection.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Wire {
    pub fn to(api: &Api) -> Self {
        let stream = TcpStream::connect(api.socket()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(stream)
    }

    /// Writes; a service that has heard enough may have closed by now.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.0.write_all(bytes.as_ref());
        self
    }

    /// Ends what is sent, as a process does that was killed.
    pub fn cut(&mut self) -> &mut Self {
        self.0.shutdown(Shutdown::Write).unwrap();
        self
    }

    /// What came until the service closed; `None` when it closed without a word.
    pub fn answer(&mut self) -> Option<Raw> {
        let mut bytes = Vec::new();
        match self.0.read_to_end(&mut bytes) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("it is not closed: {error}"),
            _ => {}
        }
        if bytes.is_empty() {
            return None;
        }
        let end = bytes
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Raw { status, head, body: bytes[end + 4..].to_vec() })
    }
}

/// The head of a POST of JSON, without the empty line that ends it.
pub fn post_head(path: &str, token: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    )
}
