//! Reads a value that was sent with its place at hand, and passes over the places that are known to be wrong.

use std::collections::HashSet;

use serde::{
    de::{
        DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::{
    node::Node,
    refusal::{Refusal, Why, child},
};

/// A value to read, its pointer, and the pointers to pass over.
pub(super) struct Reader<'n> {
    pub node: &'n Node,
    pub at: String,
    pub skipped: &'n HashSet<String>,
}

impl<'n> Reader<'n> {
    fn inside(&self, name: &str, node: &'n Node) -> Option<Self> {
        let at = child(&self.at, name);
        (!self.skipped.contains(&at)).then_some(Self { node, at, skipped: self.skipped })
    }

    /// Reads the value with a seed; what it refuses is said to be here.
    fn seeded<'de, S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Refusal> {
        let (node, at) = (self.node, self.at.clone());
        seed.deserialize(self).map_err(|refusal| refusal.at(&at, node))
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, at) = (self.node, self.at.clone());
        let expected = (&visitor as &dyn Expected).to_string();
        let read = match node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Text(text) => visitor.visit_str(text),
            Node::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), _, _) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (_, _, value) => visitor.visit_f64(value.unwrap_or(f64::NAN)),
            },
            Node::List(list) => {
                let names = list.iter().enumerate().map(|(index, node)| (index.to_string(), node));
                let items = names.filter_map(|(name, node)| self.inside(&name, node)).collect::<Vec<_>>();
                visitor.visit_seq(Items(items.into_iter()))
            }
            Node::Object(object) => {
                let fields = object.iter().filter_map(|(name, node)| Some((name.as_str(), self.inside(name, node)?)));
                visitor.visit_map(Fields { rest: fields.collect::<Vec<_>>().into_iter(), value: None })
            }
        };
        read.map_err(|refusal| refusal.expecting(&expected).at(&at, node))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let (node, at) = (self.node, self.at.clone());
        if matches!(node, Node::Null) {
            return visitor.visit_none();
        }
        let read = visitor.visit_some(self).map_err(|refusal| refusal.at(&at, node));
        read.map_err(|refusal| Refusal { is_needless: refusal.is_needless || node.is_blank(), ..refusal })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    /// All enums of a body are words.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let read = match self.node {
            Node::Text(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            _ => Err(Refusal::unknown_variant("", words)),
        };
        read.map_err(|refusal| refusal.at(&self.at, self.node))
    }

    /// A struct is an object and nothing else; serde would take an array for one too.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_map(visitor)
    }

    /// Null is no map either, though serde's visitor of some maps would take it for an empty one.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if matches!(self.node, Node::Object(_)) {
            return self.deserialize_any(visitor);
        }
        Err(Refusal::custom("").expecting("an object").at(&self.at, self.node))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct identifier ignored_any
    }
}

struct Items<'n>(std::vec::IntoIter<Reader<'n>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Refusal> {
        self.0.next().map(|item| item.seeded(seed)).transpose()
    }
}

struct Fields<'n> {
    rest: std::vec::IntoIter<(&'n str, Reader<'n>)>,
    value: Option<Reader<'n>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Refusal> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let value = self.value.take().ok_or_else(|| Refusal::custom("a value before its name"))?;
        value.seeded(seed)
    }
}

impl Refusal {
    /// Whether an object cannot be read because something is not in it.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.why, Why::Missing)
    }
}
