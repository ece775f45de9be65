//! Where in a request something is.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use serde::Serialize;

/// Where in a request a violation is.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// JSON pointer (RFC 6901) as a URI fragment, like `#/due_on`.
    Pointer(String),
    /// Name of a query parameter.
    Parameter(String),
    /// Name of a header.
    Header(String),
}

impl Place {
    /// The pointer, when it is one.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Pointer(pointer) => Some(pointer),
            Self::Parameter(_) | Self::Header(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(name) | Self::Parameter(name) | Self::Header(name) => f.write_str(name),
        }
    }
}

/// One step into a body: the name of a field, or the index of an item.
#[derive(Debug)]
pub enum Step {
    /// Into an object.
    Field(Cow<'static, str>),
    /// Into an array, from 0.
    Item(usize),
}

impl From<&'static str> for Step {
    fn from(name: &'static str) -> Self {
        Self::Field(Cow::Borrowed(name))
    }
}

impl From<String> for Step {
    fn from(name: String) -> Self {
        Self::Field(Cow::Owned(name))
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Item(index)
    }
}

impl Step {
    /// Appends the step to a pointer.
    pub(super) fn push_onto(&self, pointer: &mut String) {
        match self {
            Self::Field(name) => push_step(pointer, name),
            // A `String` takes whatever is written to it.
            Self::Item(index) => _ = write!(pointer, "/{index}"),
        }
    }
}

/// Appends the name of a field to a pointer, escaped (RFC 6901, 3).
pub(crate) fn push_step(pointer: &mut String, name: &str) {
    pointer.push('/');
    for letter in name.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
