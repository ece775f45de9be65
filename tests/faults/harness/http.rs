//! HTTP as bytes: what a caller writes itself, and what it makes of what comes back.

use std::{
    io::{ErrorKind, Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, Socket, Type};

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// In small letters.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default()
    }

    /// The slug of the problem that it is.
    pub fn problem(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let kind = body["type"].as_str().and_then(|kind| kind.strip_prefix("/v1/problems/"));
        kind.unwrap_or_default().to_owned()
    }
}

/// A GET; with an empty token none is sent.
pub fn get(path: &str, token: &str, is_last: bool) -> String {
    let token = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let last = if is_last { "Connection: close\r\n" } else { "" };
    format!("GET {path} HTTP/1.1\r\nHost: test\r\n{token}{last}\r\n")
}

/// A request with a JSON body, on a connection that ends with it.
pub fn with_body(method: &str, path: &str, token: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// A connection that comes from another address of this machine, such as 127.0.0.2.
pub fn connect_from(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let from: IpAddr = from.parse().unwrap();
    socket.bind(&SocketAddr::new(from, 0).into())?;
    socket.connect_timeout(&to.into(), Duration::from_secs(5))?;
    Ok(socket.into())
}

/// Writes, and reads until the other side closes or says nothing for ten seconds.
pub fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    // A service that has heard enough may have closed by now.
    let _ = stream.write_all(bytes);
    until_closed(stream)
}

/// Reads until the other side closes or says nothing for ten seconds.
pub fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    read
}

/// Whether the other side closes within this time; what it says until then is left unread by the caller.
pub fn is_closed_within(stream: &mut TcpStream, time: Duration) -> bool {
    let began = std::time::Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut sink = [0; 4096];
    while began.elapsed() < time {
        match stream.read(&mut sink) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return true,
        }
    }
    false
}

/// Ends what is sent, and goes on listening.
pub fn cut(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
}

/// The first answer among these bytes; `None` when it is not whole.
pub fn parsed(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer { status, head, body: Vec::new() };
    let rest = &bytes[end + 4..];
    answer.body = if answer.header("transfer-encoding") == "chunked" {
        unchunked(rest)?
    } else {
        let length = answer.header("content-length").parse().ok().unwrap_or(0);
        rest.get(..length)?.to_vec()
    };
    Some(answer)
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|part| part == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        rest = rest.get(line + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// Reads one answer of a connection that goes on.
pub fn next_answer(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut bytes = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        if let Some(answer) = parsed(&bytes) {
            return Ok(answer);
        }
        match stream.read(&mut part)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&part[..count]),
        }
    }
}
