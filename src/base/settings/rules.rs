//! What a value must be, in a sentence for the operator.

use std::{net::SocketAddr, ops::RangeInclusive};

use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url as Address;

/// A whole number within bounds.
pub fn whole<T: TryFrom<u64>>(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number =
            text.parse().ok().filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
    }
}

/// A name would have to be looked up, and may stand for several addresses.
pub fn socket_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080")
}

const LEVELS: &str = "it is one of off, error, warn, info, debug, trace, alone or as in tiendo=debug";

/// A level for all, or `target=level`, separated by commas. `tracing` itself takes an unknown word for a target that is
/// logged in full, and an empty level for `error`.
pub fn log_filter(text: &str) -> Result<Targets, String> {
    let mut filter = Targets::new();
    for directive in text.split(',').map(str::trim) {
        let (target, level) = directive.split_once('=').map_or((None, directive), |(name, level)| (Some(name), level));
        let level = Some(level).filter(|level| !level.is_empty()).and_then(|level| level.parse::<LevelFilter>().ok());
        let level = level.ok_or_else(|| format!("{directive:?} has no level; {LEVELS}"))?;
        filter = match target {
            None => filter.with_default(level),
            Some(name) if is_target(name) => filter.with_target(name, level),
            Some(name) => return Err(format!("{name:?} is no part of the program, such as tiendo or tiendo::server")),
        };
    }
    Ok(filter)
}

fn is_target(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
}

/// The base of every public address, without the slash at its end; otherwise kept as it is written, for `iss` is
/// compared letter by letter.
pub fn base_address(text: &str) -> Result<String, String> {
    // Callers see it, and so would whoever reads the refusal.
    if text.contains('@') {
        return Err("must hold no user and no password".to_owned());
    }
    let is_base = |address: &Address| {
        matches!(address.scheme(), "http" | "https")
            && address.has_host()
            && address.query().is_none()
            && address.fragment().is_none()
    };
    if text.contains(char::is_whitespace) || !Address::parse(text).is_ok_and(|address| is_base(&address)) {
        return Err(format!("{text:?} is refused: must be an http(s) address without query or fragment"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The content of a password file, without the line's end that an editor leaves.
pub fn password(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() { Err("is empty".to_owned()) } else { Ok(password.to_owned()) }
}
