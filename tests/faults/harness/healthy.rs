//! A client that does nothing odd, while others attack: whatever they do, it has no failure.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{Service, http, is_long};

/// Longest time that it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What 99 of 100 answers take at most under attack, unless that is less than ten times what they take without.
const LONGEST_P99: Duration = Duration::from_millis(100);
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(5);

/// The client, at work until it is asked what it saw.
pub struct Healthy {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    thread: JoinHandle<Report>,
    /// What it saw before the attack, in the long form.
    idle: Option<Report>,
}

/// What it saw.
#[derive(Debug, Default)]
pub struct Report {
    pub requests: usize,
    /// Each answer that was not the right one, or did not come.
    pub failures: Vec<String>,
    pub p99: Duration,
    pub longest: Duration,
}

impl Healthy {
    /// Reads who it is, and now and then puts a task, on a new connection every tenth time.
    pub fn begin(service: &Service) -> Self {
        let mut this = Self::at_work(service);
        if is_long() {
            this.goes_on(300);
            this = Self { idle: Some(this.end()), ..Self::at_work(service) };
        }
        this
    }

    fn at_work(service: &Service) -> Self {
        let (address, token) = (service.address(), service.token());
        let stop = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicUsize::new(0));
        let (told, count) = (Arc::clone(&stop), Arc::clone(&answered));
        let thread = std::thread::spawn(move || work(address, &token, &told, &count));
        Self { stop, answered, thread, idle: None }
    }

    /// Lets it ask so many times more.
    pub fn goes_on(&self, requests: usize) {
        let enough = self.answered.load(Ordering::SeqCst) + requests;
        let began = Instant::now();
        while self.answered.load(Ordering::SeqCst) < enough {
            assert!(began.elapsed() < Duration::from_mins(1), "it is not answered");
            std::thread::sleep(PAUSE);
        }
    }

    /// Ends it. In the long form, in which the attacker has a processor and the service another, it was not kept waiting.
    #[expect(clippy::print_stderr, reason = "the figures of the long form are for whoever runs it")]
    pub fn end(self) -> Report {
        self.stop.store(true, Ordering::SeqCst);
        let report = self.thread.join().unwrap();
        if let Some(idle) = self.idle {
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            let Report { requests, p99, longest, .. } = &report;
            eprintln!("{test}: {requests} requests, p99 {p99:?} (idle {:?}), longest {longest:?}", idle.p99);
            assert!(*p99 <= (10 * idle.p99).max(LONGEST_P99), "p99 {p99:?}, idle {:?}", idle.p99);
        }
        report
    }
}

fn work(address: SocketAddr, token: &str, stop: &AtomicBool, answered: &AtomicUsize) -> Report {
    let mut report = Report::default();
    let mut times = Vec::new();
    let mut kept: Option<TcpStream> = None;
    while !stop.load(Ordering::SeqCst) {
        let turn = report.requests;
        if turn.is_multiple_of(10) {
            kept = None;
        }
        let request = if turn % 5 == 4 { put(turn, token) } else { http::get("/v1/me", token, false) };
        let began = Instant::now();
        match asked(&mut kept, address, &request) {
            Ok(answer) if matches!(answer.status, 200 | 201) => {}
            Ok(answer) => report.failures.push(format!("{turn}: {} {}", answer.status, answer.text())),
            Err(error) => {
                kept = None;
                report.failures.push(format!("{turn}: {error}"));
            }
        }
        times.push(began.elapsed());
        report.requests += 1;
        answered.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(PAUSE);
    }
    times.sort_unstable();
    report.longest = times.last().copied().unwrap_or_default();
    report.p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    report
}

fn put(turn: usize, token: &str) -> String {
    let body = format!("{{\"title\":\"Số hóa hồ sơ {turn}\",\"lead\":\"LC\"}}");
    format!(
        "PUT /v1/tasks/by-key/faults/key-{} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n{body}",
        turn % 20,
        body.len()
    )
}

fn asked(kept: &mut Option<TcpStream>, address: SocketAddr, request: &str) -> std::io::Result<http::Answer> {
    let stream = match kept {
        Some(stream) => stream,
        None => kept.insert(connected(address)?),
    };
    stream.write_all(request.as_bytes())?;
    let answer = http::next_answer(stream)?;
    if answer.header("connection") == "close" {
        *kept = None;
    }
    Ok(answer)
}

fn connected(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
