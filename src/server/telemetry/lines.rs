//! The lines of the log, written in bunches: a system call for each answered request would cost more than its line.
//! A warning or an error is written at once, with what came before it; anything else within a tenth of a second.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

const PAUSE: Duration = Duration::from_millis(100);
const MAX_WAITING_LINES: usize = 32 * 1024;

static WAITING: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Where log lines go.
pub struct Lines;

/// One line.
pub struct Line {
    is_urgent: bool,
}

impl Lines {
    /// Begins to write what waits, again and again.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start() -> io::Result<Self> {
        std::thread::Builder::new().name("log".to_owned()).spawn(|| {
            loop {
                std::thread::sleep(PAUSE);
                let _ = write_waiting();
            }
        })?;
        Ok(Self)
    }
}

/// Writes what waits.
///
/// # Errors
/// When standard error cannot be written to.
pub fn write_waiting() -> io::Result<()> {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let written = if waiting.is_empty() { Ok(()) } else { io::stderr().write_all(&waiting) };
    waiting.clear();
    written
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
        let many = {
            let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.extend_from_slice(line);
            waiting.len() > MAX_WAITING_LINES
        };
        if self.is_urgent || many {
            write_waiting()?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        write_waiting()
    }
}
