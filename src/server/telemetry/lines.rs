//! The lines of the log. They wait in memory, and a thread writes them: nobody who serves a request ever waits for
//! standard error. A warning or an error is written at once, with what came before it; anything else within a tenth of a
//! second. When standard error takes no more, what finds no room is dropped, counted, and said afterwards.

use std::{
    io::{self, Write},
    mem,
    sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use prometheus_client::metrics::counter::Counter;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use crate::base::clock::Clock;

const PAUSE: Duration = Duration::from_millis(100);
/// Bytes that are written without waiting for the pause to end.
const MANY: usize = 32 * 1024;
/// Bytes that may wait.
const MOST: usize = 4 * 1024 * 1024;
/// How long a program that ends waits for its last lines to be written.
const LAST: Duration = Duration::from_secs(1);

static WAITING: Mutex<Waiting> =
    Mutex::new(Waiting { lines: Vec::new(), is_urgent: false, is_being_written: false, dropped: 0 });
static WAKE: Condvar = Condvar::new();
static WRITTEN: Condvar = Condvar::new();

struct Waiting {
    lines: Vec<u8>,
    is_urgent: bool,
    /// Whether lines were taken from here and are not written yet.
    is_being_written: bool,
    /// Lines dropped since the last were written.
    dropped: u64,
}

/// Where log lines go.
pub struct Lines;

/// One line.
pub struct Line {
    is_urgent: bool,
}

/// How many lines were dropped.
pub fn dropped() -> Counter {
    static DROPPED: OnceLock<Counter> = OnceLock::new();
    DROPPED.get_or_init(Counter::default).clone()
}

impl Lines {
    /// Begins to write what waits, again and again.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start() -> io::Result<Self> {
        std::thread::Builder::new().name("log".to_owned()).spawn(|| {
            let mut room = Vec::new();
            loop {
                room = write(room);
            }
        })?;
        Ok(Self)
    }
}

fn waiting() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for lines and writes them; gives their room back.
fn write(room: Vec<u8>) -> Vec<u8> {
    let may_wait = |waiting: &mut Waiting| !waiting.is_urgent && waiting.lines.len() < MANY;
    let (mut now, _) = WAKE.wait_timeout_while(waiting(), PAUSE, may_wait).unwrap_or_else(PoisonError::into_inner);
    let mut lines = mem::replace(&mut now.lines, room);
    let dropped = mem::take(&mut now.dropped);
    now.is_urgent = false;
    now.is_being_written = true;
    drop(now);
    if dropped > 0 {
        let at = Clock::system().now();
        let target = module_path!();
        lines.extend(
            format!("{{\"timestamp\":\"{at}\",\"level\":\"WARN\",\"message\":\"lines of the log were dropped: standard error took no more\",\"count\":{dropped},\"target\":\"{target}\"}}\n")
                .bytes(),
        );
    }
    if !lines.is_empty() {
        let _ = io::stderr().write_all(&lines);
    }
    waiting().is_being_written = false;
    WRITTEN.notify_all();
    lines.clear();
    lines.shrink_to(MANY);
    lines
}

/// Waits until what waits is written, but not for ever.
pub fn write_waiting() {
    let mut now = waiting();
    now.is_urgent = true;
    WAKE.notify_one();
    let is_left = |waiting: &mut Waiting| waiting.is_being_written || !waiting.lines.is_empty();
    drop(WRITTEN.wait_timeout_while(now, LAST, is_left));
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { is_urgent: true }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Line {
        Line { is_urgent: *about.level() <= Level::WARN }
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut now = waiting();
        if now.lines.len() + line.len() > MOST {
            now.dropped += 1;
            dropped().inc();
        } else {
            now.lines.extend_from_slice(line);
        }
        now.is_urgent |= self.is_urgent;
        if now.is_urgent || now.lines.len() >= MANY {
            WAKE.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
