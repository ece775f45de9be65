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

/// A field of an entity as a column; made by `fields!` from the entity's one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name on the wire, which is its header in English.
    pub name: &'static str,
    /// Its header in Vietnamese.
    pub header_vi: &'static str,
    /// Which bodies have the field, and how.
    pub given: Given,
}
