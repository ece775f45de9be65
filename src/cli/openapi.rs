//! `tiendo openapi`.

use clap::{Args, ValueEnum};

use super::terminal::say;
use crate::server::openapi::Document;

#[derive(Args)]
pub struct Arguments {
    /// The version of OpenAPI to write
    #[arg(long, value_enum, default_value = "3.1")]
    version: Version,
}

#[derive(Clone, Copy, ValueEnum)]
enum Version {
    #[value(name = "3.1")]
    V3_1,
    #[value(name = "3.0")]
    V3_0,
}

pub fn run(arguments: &Arguments) {
    let document = Document::of_operations();
    let text = match arguments.version {
        Version::V3_1 => document.version_3_1(),
        Version::V3_0 => document.version_3_0(),
    };
    say(text.trim_end(), false);
}
