//! Reading back JSON that was stored: it was judged by the rules of its time, and a stricter rule of today must not
//! make a row unreadable.

use std::cell::Cell;

thread_local! {
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Ends the reading, after a panic too.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        IS_READING.set(false);
    }
}

/// Reads with `read`, at once and on this thread; days and texts in it are taken as they were stored.
pub fn reading<T>(read: impl FnOnce() -> T) -> T {
    let _ended = Ended;
    IS_READING.set(true);
    read()
}

/// Whether what is deserialized now was stored.
pub(super) fn is_reading() -> bool {
    IS_READING.get()
}
