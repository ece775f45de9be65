//! The fields of an item as the cells of a CSV row: text as it is, nothing for null, JSON for a list or an object.

use serde::{
    Serialize,
    ser::{Error as _, Impossible, SerializeMap, SerializeStruct, Serializer},
};
use serde_json::Error;

/// The cells of one item after another; their room is used again.
pub struct Cells<'a> {
    columns: &'a [&'a str],
    texts: Vec<Vec<u8>>,
    name: Vec<u8>,
}

impl<'a> Cells<'a> {
    /// No item yet.
    #[must_use]
    pub fn of(columns: &'a [&'a str]) -> Self {
        Self { columns, texts: vec![Vec::new(); columns.len()], name: Vec::new() }
    }

    /// The cells of an item, in the order of the columns; a column that it does not have is empty.
    ///
    /// # Errors
    /// When the item is not a struct or cannot be written.
    pub fn fill<T: Serialize>(&mut self, item: &T) -> Result<&[Vec<u8>], Error> {
        self.texts.iter_mut().for_each(Vec::clear);
        item.serialize(&mut *self)?;
        Ok(&self.texts)
    }

    fn put<T: Serialize + ?Sized>(&mut self, name: &[u8], value: &T) -> Result<(), Error> {
        let place = self.columns.iter().position(|column| column.as_bytes() == name);
        let Some(text) = place.and_then(|place| self.texts.get_mut(place)) else { return Ok(()) };
        sonic_rs::to_writer(&mut *text, value).map_err(Error::custom)?;
        match text.as_slice() {
            b"null" => text.clear(),
            [b'"', inner @ .., b'"'] if inner.contains(&b'\\') => {
                *text = serde_json::from_slice::<String>(text)?.into_bytes();
            }
            [b'"', .., b'"'] => {
                text.pop();
                text.remove(0);
            }
            _ => {}
        }
        Ok(())
    }
}

impl SerializeStruct for &mut Cells<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.put(name.as_bytes(), value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeMap for &mut Cells<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name.clear();
        sonic_rs::to_writer(&mut self.name, key).map_err(Error::custom)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = std::mem::take(&mut self.name);
        let put = self.put(name.get(1..name.len().saturating_sub(1)).unwrap_or_default(), value);
        self.name = name;
        put
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// Only what has named fields is a row.
macro_rules! refuse {
    ($($method:ident($($kind:ty),*) -> $ok:ty;)+) => { $(
        fn $method(self, $(_: $kind),*) -> Result<$ok, Error> {
            Err(Error::custom("an item of a list must be a struct"))
        }
    )+ };
}

impl<'a, 'b> Serializer for &'a mut Cells<'b> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = &'a mut Cells<'b>;
    type SerializeStruct = &'a mut Cells<'b>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Ok(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    refuse! {
        serialize_bool(bool) -> (); serialize_i8(i8) -> (); serialize_i16(i16) -> (); serialize_i32(i32) -> ();
        serialize_i64(i64) -> (); serialize_u8(u8) -> (); serialize_u16(u16) -> (); serialize_u32(u32) -> ();
        serialize_u64(u64) -> (); serialize_f32(f32) -> (); serialize_f64(f64) -> (); serialize_char(char) -> ();
        serialize_str(&str) -> (); serialize_bytes(&[u8]) -> (); serialize_none() -> (); serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> (); serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Item {
        list: Vec<i32>,
        name: &'static str,
        none: Option<i32>,
        hidden: i32,
    }

    #[test]
    fn fields_become_cells_in_the_order_of_the_columns() {
        let mut cells = Cells::of(&["name", "none", "list", "absent"]);
        for (name, text) in [("Sở", "Sở"), ("a \"b\"\n\\", "a \"b\"\n\\"), ("", "")] {
            let item = Item { list: vec![1, 2], name, none: None, hidden: 3 };
            let texts: Vec<_> =
                cells.fill(&item).unwrap().iter().map(|text| String::from_utf8(text.clone()).unwrap()).collect();
            assert_eq!(texts, [text, "", "[1,2]", ""]);
        }
        assert!(cells.fill(&["not", "a", "row"]).is_err());
    }
}
