//! A field of a merge patch, and what it does to a record.

use std::fmt::Debug;

use serde::{Deserialize, Deserializer};

use crate::base::db::types::JsonText;

/// A field of a merge patch (RFC 7396): absent keeps, `null` clears, a value sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patched<T> {
    /// Not in the patch.
    #[default]
    Keep,
    /// `null`.
    Clear,
    /// A value.
    Set(T),
}

/// A field of a merge patch that cannot be cleared: `null` is refused as any value of another type, not passed over.
pub(crate) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl<T> From<Option<T>> for Patched<T> {
    /// What replaces the field whatever it holds.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

/// What a field of a patch does to the field that is stored; not named, it leaves it as it is.
pub trait Apply<Field> {
    /// Puts what the patch says onto the field.
    fn apply(self, field: &mut Field);
}

impl<T> Apply<T> for Option<T> {
    fn apply(self, field: &mut T) {
        if let Some(value) = self {
            *field = value;
        }
    }
}

impl<T> Apply<Option<T>> for Option<T> {
    fn apply(self, field: &mut Option<T>) {
        if self.is_some() {
            *field = self;
        }
    }
}

impl<T> Apply<Option<T>> for Patched<T> {
    fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl<T: Debug> Apply<JsonText<Vec<T>>> for Patched<JsonText<Vec<T>>> {
    /// Null empties a list: an absent list and an empty one are the same thing once kept.
    fn apply(self, list: &mut JsonText<Vec<T>>) {
        match self {
            Self::Keep => {}
            Self::Clear => list.0.clear(),
            Self::Set(items) => *list = items,
        }
    }
}
