//! Bodies: what is packed into them, and what they claim to be, costs no more than they may.

use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

use flate2::{Compress, Compression, FlushCompress, write::GzEncoder};

use crate::harness::{
    Database, Healthy, Service,
    http::{Answer, exchange, parsed},
    is_long,
};

const PEAK_MIB: u64 = 128;
/// As in the container: the C library keeps no store of freed memory for each thread.
const DEPLOYED: [(&str, &str); 1] = [("MALLOC_ARENA_MAX", "2")];
const MIB: usize = 1 << 20;

/// A raw deflate stream of mebibytes of one letter, about a kilobyte for each: one that was flushed is repeated.
fn deflated(mebibytes: usize) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut piece = Vec::with_capacity(64 * 1024);
    compress.compress_vec(&vec![b' '; MIB], &mut piece, FlushCompress::Full).unwrap();
    let mut stream = piece.repeat(mebibytes);
    // An empty last block.
    stream.extend([0x03, 0x00]);
    stream
}

fn gzip_bomb(mebibytes: usize) -> Vec<u8> {
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    [&head[..], &deflated(mebibytes), &[0; 8]].concat()
}

fn zlib_bomb(mebibytes: usize) -> Vec<u8> {
    [&[0x78, 0xda][..], &deflated(mebibytes), &[0; 4]].concat()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Whole members one after another, each of a mebibyte.
fn members(count: usize) -> Vec<u8> {
    gzipped(&vec![b' '; MIB]).repeat(count)
}

struct Post<'a> {
    path: &'a str,
    token: &'a str,
    kind: &'a str,
    encoding: &'a str,
    is_chunked: bool,
}

impl Post<'_> {
    fn bytes(&self, body: &[u8]) -> Vec<u8> {
        let mut head = format!(
            "POST {} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: {}\r\n",
            self.path, self.kind
        );
        if self.path.ends_with("/targets") {
            head = head.replacen("POST", "PUT", 1) + "If-Match: *\r\n";
        }
        for (name, value) in [("Authorization: Bearer", self.token), ("Content-Encoding:", self.encoding)] {
            if !value.is_empty() {
                head.extend([name, " ", value, "\r\n"]);
            }
        }
        if !self.is_chunked {
            return [format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
        }
        let mut bytes = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
        for part in body.chunks(60_000) {
            bytes.extend(format!("{:x}\r\n", part.len()).as_bytes());
            bytes.extend(part);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    }

    fn send(&self, service: &Service, body: &[u8]) -> Answer {
        self.try_send(service, body).unwrap_or_else(|| panic!("no answer to {} {}", self.path, self.encoding))
    }

    /// No answer where the service refused the body unread, and the rest of it came to a closed connection.
    fn try_send(&self, service: &Service, body: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(service.address()).unwrap();
        parsed(&exchange(&mut stream, &self.bytes(body)))
    }
}

fn json<'a>(path: &'a str, token: &'a str) -> Post<'a> {
    Post { path, token, kind: "application/json", encoding: "", is_chunked: false }
}

fn assert_unharmed(service: &Service, healthy: Healthy) {
    let report = healthy.end();
    assert!(report.failures.is_empty() && report.requests > 0, "{report:?}");
    let peak = service.resident_peak_mib();
    assert!(peak < PEAK_MIB, "{peak} MiB were resident");
}

#[test]
fn what_is_packed_is_unpacked_no_further_than_it_may() {
    // In the long form more come from this one address than it may have beside the healthy client.
    let service = Service::start(Database::Sqlite, &[DEPLOYED[0], ("TIENDO_CONNECTIONS_PER_ADDRESS", "400")]);
    let (healthy, token) = (Healthy::begin(&service), service.token());
    let bombs = [
        ("gzip", gzip_bomb(2048), 413),
        ("gzip", members(64), 413),
        ("deflate", zlib_bomb(2048), 413),
        ("gzip, gzip", gzipped(&gzip_bomb(2048)), 415),
        ("br", vec![0x5b; 1617], 415),
        ("lzma", vec![0x5d; 1617], 415),
    ];
    for (encoding, bomb, status) in &bombs {
        let answer = Post { encoding, ..json("/v1/observations", &token) }.send(&service, bomb);
        assert_eq!(answer.status, *status, "{encoding}: {}", answer.text());
    }
    std::thread::scope(|scope| {
        for _ in 0..if is_long() { 12 } else { 3 } {
            for (encoding, bomb, status) in &bombs {
                for is_chunked in [false, true] {
                    let (service, token) = (&service, token.as_str());
                    scope.spawn(move || {
                        let post = Post { encoding, is_chunked, ..json("/v1/observations", token) };
                        // With so many at once some find no room.
                        let Some(answer) = post.try_send(service, bomb) else { return };
                        assert!(
                            answer.status == *status || answer.status == 503,
                            "{encoding}: {} {}",
                            answer.status,
                            answer.text()
                        );
                        assert!(answer.status != 503 || !answer.header("retry-after").is_empty());
                    });
                }
            }
        }
    });
    assert_unharmed(&service, healthy);
}

#[test]
fn nothing_is_unpacked_for_who_has_not_said_who_it_is() {
    let service = Service::start(Database::Sqlite, &DEPLOYED);
    let (healthy, bomb, began) = (Healthy::begin(&service), gzip_bomb(2048), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..16 {
            for (path, kind, status) in [
                ("/oauth2/token", "application/x-www-form-urlencoded", 400),
                ("/oauth2/revoke", "application/x-www-form-urlencoded", 400),
                ("/v1/observations", "application/json", 401),
            ] {
                let (service, bomb) = (&service, &bomb);
                scope.spawn(move || {
                    for encoding in ["gzip", "br"] {
                        let answer = Post { kind, encoding, ..json(path, "") }.send(service, &bomb[..200_000]);
                        assert_eq!(answer.status, status, "{path} {encoding}: {}", answer.text());
                    }
                });
            }
        }
    });
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(service.resident_peak_mib() < 64, "{} MiB were resident", service.resident_peak_mib());
    assert_unharmed(&service, healthy);
}

/// Bodies of up to ten mebibytes that are many times as large once they are read, each with where it goes and what may
/// answer it.
fn growing() -> Vec<(&'static str, &'static str, Vec<u8>, &'static [u16])> {
    let list = |item: &str, count: usize| {
        let mut body = String::with_capacity((item.len() + 1) * count + 2);
        body.push('[');
        (0..count).for_each(|at| {
            body.push_str(if at == 0 { "" } else { "," });
            body.push_str(item);
        });
        body.push(']');
        body.into_bytes()
    };
    let (rows, targets, tasks) = ("/v1/observations", "/v1/indicators/K/targets", "/v1/tasks");
    let row =
        "\"indicator\":\"K\",\"organization\":\"LC\",\"period\":\"2026-M10\",\"status\":\"final\",\"value\":\"1\"";
    let wrong = "{\"indicator\":\"?\",\"organization\":7,\"period\":\"x\",\"status\":\"y\",\"value\":1,\"colour\":\"red\",\"missing\":8}";
    let unsure =
        format!("{{{row},\"evidence\":[{}]}}", vec!["{\"title\":\"a\",\"url\":\"b\",\"sha256\":\"c\"}"; 45].join(","));
    let evidence = vec!["{\"title\":\"a\",\"url\":\"http://a\"}"; 300_000].join(",");
    let names = (0..900_000).map(|at| format!("\"{at}\":0")).collect::<Vec<_>>().join(",");
    let long = "x".repeat(10 * MIB - 100);
    vec![
        ("noughts", rows, list("0", 5 * MIB - 1), &[413]),
        ("noughts as targets", targets, list("0", 5 * MIB - 1), &[413]),
        ("noughts as a task", tasks, list("0", 5 * MIB - 1), &[413]),
        ("brackets", rows, vec![b'['; 10 * MIB - 1], &[400]),
        ("brackets as a task", tasks, vec![b'['; 10 * MIB - 1], &[400]),
        ("nested objects", tasks, "{\"a\":".repeat(2 * MIB - 1).into_bytes(), &[400]),
        ("one text", tasks, format!("{{\"title\":\"{long}\"}}").into_bytes(), &[422]),
        ("one name", tasks, format!("{{\"{long}\":1}}").into_bytes(), &[422]),
        ("a long number", tasks, format!("{{\"title\":{}}}", "9".repeat(5 * MIB)).into_bytes(), &[400, 422]),
        ("many names", tasks, format!("{{{names}}}").into_bytes(), &[413]),
        ("empty rows", rows, list("{}", 5_000), &[422]),
        ("rows with every fault", rows, list(wrong, 5_000), &[422]),
        ("rows with every fault, told one by one", "/v1/observations?on_error=continue", list(wrong, 5_000), &[207]),
        ("rows with wrong evidence", "/v1/observations?on_error=continue", list(&unsure, 4_500), &[207]),
        ("a row with much evidence", rows, format!("[{{{row},\"evidence\":[{evidence}]}}]").into_bytes(), &[422]),
        ("empty targets", targets, list("{}", 3 * MIB), &[413]),
    ]
}

#[test]
fn what_grows_when_it_is_read_is_stopped_before_it_fills_the_memory() {
    let service = Service::start(Database::Sqlite, &DEPLOYED);
    let token = service.token();
    let define = br#"{"code":"K","name":"x","unit":"x","kind":"count","flow":true}"#;
    assert_eq!(json("/v1/indicators", &token).send(&service, define).status, 201);
    let healthy = Healthy::begin(&service);
    let bodies = growing();
    for (name, path, body, expected) in &bodies {
        assert!(body.len() <= 10 * MIB, "{name}");
        let (began, answer) = (Instant::now(), json(path, &token).send(&service, body));
        assert!(expected.contains(&answer.status), "{name}: {} {:.600}", answer.status, answer.text());
        assert!(answer.body.len() < 8 * MIB, "{name}: an answer of {} bytes", answer.body.len());
        assert!(began.elapsed() < Duration::from_secs(20), "{name}: {:?}", began.elapsed());
        assert!(service.resident_peak_mib() < PEAK_MIB, "{name}: {} MiB", service.resident_peak_mib());
    }
    // And all of them at once.
    std::thread::scope(|scope| {
        for (name, path, body, expected) in &bodies {
            let (service, token) = (&service, token.as_str());
            scope.spawn(move || {
                let answer = json(path, token).try_send(service, body);
                let is_right = |answer: Answer| expected.contains(&answer.status) || answer.status == 503;
                assert!(answer.is_none_or(is_right), "{name}");
            });
        }
    });
    assert_unharmed(&service, healthy);
}

#[test]
fn large_bodies_share_their_room_and_leave_some_to_the_small() {
    let service = Service::start(
        Database::Sqlite,
        &[DEPLOYED[0], ("TIENDO_DATABASE_WAIT_MS", "1000"), ("TIENDO_BODY_SECONDS", "5")],
    );
    let (healthy, token) = (Healthy::begin(&service), service.token());
    // Announced, and never sent: they hold all the room that one client may have.
    let held: Vec<_> = (0..24)
        .map(|_| {
            let mut stream = TcpStream::connect(service.address()).unwrap();
            let bytes = json("/v1/observations", &token).bytes(&vec![b' '; 10 * MIB]);
            stream.write_all(&bytes[..bytes.len() - 9 * MIB]).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let mut waiting = TcpStream::connect(service.address()).unwrap();
    let bytes = json("/v1/observations", &token).bytes(&vec![b' '; 10 * MIB]);
    let refused = parsed(&exchange(&mut waiting, &bytes[..bytes.len() - 10 * MIB])).unwrap();
    assert_eq!((refused.status, refused.problem().as_str()), (503, "unavailable"), "{}", refused.text());
    assert!(!refused.header("retry-after").is_empty());
    drop(held);
    let began = Instant::now();
    let blank = vec![b' '; 10 * MIB];
    while json("/v1/observations", &token).try_send(&service, &blank).is_none_or(|answer| answer.status == 503) {
        assert!(began.elapsed() < Duration::from_secs(10), "the room was not given back");
    }
    assert_unharmed(&service, healthy);
}
