//! The columns of an entity in CSV and spreadsheets.

/// What a caller may do with a field of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Nothing: the service keeps or computes it.
    Never,
    /// Give it when the entity is made; no patch has it.
    Once,
    /// Set it to another value, never to null.
    Value,
    /// Set it, or clear it by null.
    Nullable,
    /// Set the whole list, or empty it by null.
    List,
}

/// A field of an entity as a column, in the order of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name on the wire, which is its header in English.
    pub name: &'static str,
    /// Its header in Vietnamese.
    pub header_vi: &'static str,
    /// Which bodies have the field, and how.
    pub given: Given,
}

/// Declares the columns of what is answered: `field Given => "Vietnamese header"`.
macro_rules! columns {
    ($answered:ident: $($name:ident $given:ident => $header:literal,)+) => {
        impl $answered {
            /// What is answered of it, in order.
            pub const COLUMNS: &[$crate::base::resource::Column] = &[$($crate::base::resource::Column {
                name: stringify!($name),
                header_vi: $header,
                given: $crate::base::resource::Given::$given,
            },)+];

            /// The names of the columns alone.
            pub const COLUMN_NAMES: &[&str] = &[$(stringify!($name),)+];
        }
    };
}
pub(crate) use columns;
