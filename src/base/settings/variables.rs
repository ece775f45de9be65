//! From variables to settings, and the only reader of the process's environment. clap's own `env` reads no other, but
//! tests inject theirs, so variables are handed to clap as arguments: `--TIENDO_WORKERS=4`.

use std::{collections::BTreeMap, error::Error, ffi::OsString};

use clap::{
    Parser,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{DEMO_DEFAULTS, Declaration, Settings};

/// Whatever begins so is the service's, and must be known.
const PREFIX: &str = "TIENDO_";

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// A sentence that names the setting and the rule.
    #[expect(clippy::disallowed_methods, reason = "this is the room of the environment")]
    pub fn from_environment() -> Result<Self, String> {
        Self::read(std::env::vars_os())
    }

    /// The environment, with [`DEMO_DEFAULTS`] where nothing else is said.
    ///
    /// # Errors
    /// A sentence that names the setting and the rule.
    #[expect(clippy::disallowed_methods, reason = "this is the room of the environment")]
    pub fn for_demo() -> Result<Self, String> {
        let defaults = DEMO_DEFAULTS.map(|(name, value)| (name.into(), value.into()));
        Self::read(defaults.into_iter().chain(std::env::vars_os()))
    }

    /// Reads variables from any source; of two with one name the later counts.
    ///
    /// # Errors
    /// A sentence that names the setting, the rule, and the value unless it is secret.
    pub fn read<N: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, String> {
        let declarations = Self::declarations();
        let mut arguments = BTreeMap::new();
        for (name, value) in variables {
            // A name that is no text cannot be declared; its readable part tells whether it means to be.
            let name = name.into().to_string_lossy().into_owned();
            let declared = declarations.iter().find(|declaration| declaration.name == name);
            let value = value.into().into_string();
            if declared.is_none() && (!name.starts_with(PREFIX) || is_service_link(&name, value.as_deref())) {
                continue;
            }
            let value = value.map_err(|_| format!("{name}: is not text in UTF-8"))?;
            if !value.is_empty() {
                arguments.insert(name.clone(), format!("--{name}={value}"));
            } else if declared.is_some_and(|declaration| declaration.default.is_empty()) {
                arguments.remove(&name);
            } else if declared.is_some() {
                return Err(format!("{name}: is empty; leave it unset for its default"));
            } else {
                arguments.insert(name.clone(), format!("--{name}"));
            }
        }
        Self::try_parse_from(arguments.values()).map_err(|error| refusal(&error, &declarations))?.completed()
    }
}

/// Kubernetes puts such variables into every pod for each Service, and one may be called `tiendo`.
fn is_service_link(name: &str, value: Result<&str, &OsString>) -> bool {
    let is_address = value.is_ok_and(|value| value.contains("://"));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && is_address)
        || ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| name.contains("_PORT_") && name.contains(protocol))
}

/// clap's error in the words of variables: it knows them as `--NAME <VALUE>`.
fn refusal(error: &clap::Error, declarations: &[Declaration]) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let name = |kind| context(kind).trim_start_matches("--").split(' ').next().unwrap_or_default();
    let setting = name(ContextKind::InvalidArg);
    if error.kind() == ErrorKind::UnknownArgument {
        return match name(ContextKind::SuggestedArg) {
            "" => format!("{setting}: is no setting; `tiendo serve --help` lists them"),
            nearest => format!("{setting}: is no setting; did you mean {nearest}?"),
        };
    }
    let rule = match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(rule), _) => rule.to_string(),
        (None, Some(ContextValue::Strings(valid))) => format!("must be {}", valid.join(" or ")),
        (None, _) => error.kind().to_string(),
    };
    if declarations.iter().any(|declaration| declaration.name == setting && declaration.is_secret) {
        return format!("{setting}: {rule}");
    }
    format!("{setting}: {:?} is refused: {rule}", context(ContextKind::InvalidValue))
}
