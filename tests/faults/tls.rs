//! TLS in the binary: certificates that are renewed, handshakes that never end, settings that do not fit.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring, pki_types::CertificateDer};

use crate::harness::{
    Database, Service,
    http::{Answer, connect_from, get, is_closed_within, parsed},
};

/// A certificate for `localhost` that vouches for itself, and its key, as files.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    certificate.der().clone()
}

fn paths(folder: &Path) -> [String; 2] {
    ["certificate.pem", "key.pem"].map(|name| folder.join(name).to_str().unwrap().to_owned())
}

fn start(folder: &Path, more: &[(&str, &str)]) -> Service {
    let [certificate, key] = paths(folder);
    let files = [("TIENDO_TLS_CERTIFICATE_FILE", certificate.as_str()), ("TIENDO_TLS_KEY_FILE", key.as_str())];
    Service::start(Database::Sqlite, &[&files[..], more].concat())
}

/// A TLS connection that trusts this certificate alone.
fn connect(service: &Service, trusted: &CertificateDer<'static>) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let session = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let stream = connect_from("127.0.0.3", service.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    StreamOwned::new(session, stream)
}

fn asked(service: &Service, trusted: &CertificateDer<'static>, words: &[u8]) -> std::io::Result<Answer> {
    let mut stream = connect(service, trusted);
    stream.write_all(words)?;
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    parsed(&bytes).ok_or_else(|| read.err().unwrap_or_else(|| std::io::ErrorKind::UnexpectedEof.into()))
}

#[test]
fn it_speaks_tls_and_shows_a_renewed_certificate_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let first = write_certificate(folder.path());
    let service = start(folder.path(), &[]);
    let live = get("/health/live", "", true);
    let answer = asked(&service, &first, live.as_bytes()).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.header("strict-transport-security").starts_with("max-age="), "{answer:?}");
    let mut stream = connect(&service, &first);
    stream.write_all(live.as_bytes()).unwrap();
    stream.flush().unwrap();
    stream.read_exact(&mut [0; 8]).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    let [certificate, key] = paths(folder.path());
    let mut health = Command::new(env!("CARGO_BIN_EXE_tiendo"));
    health.arg("health").env("TIENDO_LISTEN", service.address().to_string());
    health.env("TIENDO_TLS_CERTIFICATE_FILE", certificate).env("TIENDO_TLS_KEY_FILE", key);
    assert!(health.status().unwrap().success());
    let refused = asked(&service, &first, b"GARBAGE\r\n\r\n").unwrap();
    assert_eq!(refused.problem(), "malformed-request");

    let key = std::fs::read(folder.path().join("key.pem")).unwrap();
    std::fs::write(folder.path().join("key.pem"), "broken").unwrap();
    until(|| service.log().contains("TIENDO_TLS_KEY_FILE"));
    assert_eq!(asked(&service, &first, live.as_bytes()).unwrap().status, 200, "the old one is shown on");
    std::fs::write(folder.path().join("key.pem"), key).unwrap();
    let second = write_certificate(folder.path());
    until(|| asked(&service, &second, live.as_bytes()).is_ok());
    assert!(asked(&service, &first, live.as_bytes()).is_err());
}

/// Looks until it is so, for as long as two looks of the service take.
fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(15), "it does not come to be so");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_handshake_that_does_not_end_gives_its_place_back() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_certificate(folder.path());
    let more = [("TIENDO_HEAD_SECONDS", "1"), ("TIENDO_CONNECTIONS", "16"), ("TIENDO_CONNECTIONS_PER_ADDRESS", "8")];
    let service = start(folder.path(), &more);
    let hello = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3];
    for words in [&b""[..], &hello[..5], &hello, b"GET / HTTP/1.1\r\n\r\n"] {
        let mut held: Vec<_> = (0..8).map(|_| connect_from("127.0.0.2", service.address()).unwrap()).collect();
        for stream in &mut held {
            let _ = stream.write_all(words);
        }
        assert_eq!(asked(&service, &certificate, get("/health/live", "", true).as_bytes()).unwrap().status, 200);
        for mut stream in held {
            assert!(is_closed_within(&mut stream, Duration::from_secs(5)), "{words:?}");
        }
    }
    let metrics = asked(&service, &certificate, get("/metrics", "", true).as_bytes()).unwrap().text();
    let cut = metrics.lines().find_map(|line| line.strip_prefix("tiendo_connections_cut_total{reason=\"handshake\"} "));
    assert!(cut.unwrap().parse::<u32>().unwrap() >= 32, "{metrics}");
}

#[test]
fn connections_with_tls_are_held_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_certificate(folder.path());
    let service = start(folder.path(), &[("TIENDO_LOG", "warn"), ("TIENDO_CONNECTIONS_PER_ADDRESS", "512")]);
    let words = get("/openapi.json", "", false).repeat(40);
    let held: Vec<_> = (0..400)
        .map(|_| {
            let mut stream = connect(&service, &certificate);
            let _ = stream.write_all(words.as_bytes());
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    assert!(service.resident_peak_mib() < 128, "{} MiB", service.resident_peak_mib());
    drop(held);
}

#[test]
fn settings_that_do_not_fit_are_refused_at_start_by_name() {
    let folder = tempfile::tempdir().unwrap();
    write_certificate(folder.path());
    let [certificate, key] = paths(folder.path());
    let other = tempfile::tempdir().unwrap();
    write_certificate(other.path());
    let [_, other_key] = paths(other.path());
    let [certificate_name, key_name] = ["TIENDO_TLS_CERTIFICATE_FILE", "TIENDO_TLS_KEY_FILE"];
    for (settings, named) in [
        (vec![(certificate_name, certificate.as_str())], key_name),
        (vec![(key_name, key.as_str())], certificate_name),
        (vec![(certificate_name, "/nowhere"), (key_name, &key)], certificate_name),
        (vec![(certificate_name, &certificate), (key_name, "/nowhere")], key_name),
        (vec![(certificate_name, &key), (key_name, &key)], certificate_name),
        (vec![(certificate_name, &certificate), (key_name, &certificate)], key_name),
        (vec![(certificate_name, &certificate), (key_name, &other_key)], key_name),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiendo"));
        let database = format!("sqlite:{}", folder.path().join("tiendo.db").display());
        command.arg("serve").env("DATABASE_URL", database).env("TIENDO_LISTEN", "127.0.0.1:0");
        command.env("TIENDO_MIGRATE_ON_START", "true").env("TIENDO_ISSUER", "https://tiendo.test");
        let output = command.envs(settings.clone()).output().unwrap();
        let reason = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{settings:?} is taken");
        assert!(reason.lines().any(|line| line.starts_with(&format!("tiendo: {named}: "))), "{settings:?}: {reason}");
    }
}
