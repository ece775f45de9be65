//! `tiendo openapi`.

use super::say;
use crate::openapi;

pub fn run() {
    say(openapi::Document::of_service("http://127.0.0.1:8080").text(), false);
}
