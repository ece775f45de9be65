//! Two schemas: whether what a client sends is still taken, and what it is answered is still what it knows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare::resolved;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Sent,
    Answered,
}

pub struct Schemas<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Pairs that have been compared; a schema may refer to itself.
    seen: BTreeSet<(String, String, Direction)>,
    /// One line for each reason.
    pub found: BTreeSet<String>,
}

impl<'a> Schemas<'a> {
    pub fn of(old: &'a Value, new: &'a Value) -> Self {
        Self { old, new, seen: BTreeSet::new(), found: BTreeSet::new() }
    }

    pub fn compare(&mut self, place: &str, before: &'a Value, after: &'a Value, direction: Direction) {
        let named = |schema: &Value| schema["$ref"].as_str().map(str::to_owned);
        let place = match named(before) {
            Some(name) => {
                if !self.seen.insert((name.clone(), named(after).unwrap_or_else(|| place.to_owned()), direction)) {
                    return;
                }
                name.rsplit('/').next().unwrap().to_owned()
            }
            None => place.to_owned(),
        };
        let (before, after) = (resolved(self.old, before), resolved(self.new, after));
        self.types(&place, before, after, direction);
        self.words(&place, before, after, direction);
        if direction == Direction::Sent {
            self.bounds(&place, before, after);
        }
        self.properties(&place, before, after, direction);
        for word in ["items", "additionalProperties"] {
            if before[word].is_object() && after[word].is_object() {
                self.compare(&format!("{place}[]"), &before[word], &after[word], direction);
            }
        }
        for word in ["oneOf", "allOf", "anyOf"] {
            let (was, is) = (parts(before, word), parts(after, word));
            for (was, is) in was.iter().zip(&is) {
                self.compare(&place, was, is, direction);
            }
        }
    }

    fn add(&mut self, place: &str, reason: &str) {
        self.found.insert(format!("{place}: {reason}"));
    }

    fn types(&mut self, place: &str, before: &Value, after: &Value, direction: Direction) {
        let (was, is) = (kinds(before), kinds(after));
        let (must, may) = if direction == Direction::Sent { (&was, &is) } else { (&is, &was) };
        let surplus: Vec<_> = must.difference(may).map(String::as_str).collect();
        let (was, is) = (was.iter(), is.iter().cloned().collect::<Vec<_>>().join(" or "));
        match (surplus.as_slice(), direction) {
            ([], _) => {}
            (["null"], Direction::Answered) => self.add(place, "may be null"),
            (["null"], Direction::Sent) => self.add(place, "null is not taken any more"),
            _ => self.add(place, &format!("{is} where {} was", was.cloned().collect::<Vec<_>>().join(" or "))),
        }
        if before["format"] != after["format"] && (direction == Direction::Answered || !after["format"].is_null()) {
            self.add(place, &format!("format {} where {} was", after["format"], before["format"]));
        }
    }

    fn words(&mut self, place: &str, before: &Value, after: &Value, direction: Direction) {
        let (Some(was), Some(is)) = (before["enum"].as_array(), after["enum"].as_array()) else {
            if after["enum"].is_array() && direction == Direction::Sent {
                self.add(place, "only some words are taken");
            }
            return;
        };
        let (must, may, reason) = match direction {
            Direction::Sent => (was, is, "is not taken any more"),
            Direction::Answered => (is, was, "is new, and no client knows it"),
        };
        for word in must.iter().filter(|word| !may.contains(word)) {
            self.add(place, &format!("{word} {reason}"));
        }
    }

    /// What is sent may not be bounded more narrowly.
    fn bounds(&mut self, place: &str, before: &Value, after: &Value) {
        for (word, narrower) in [
            ("maxLength", -1.0),
            ("maximum", -1.0),
            ("maxItems", -1.0),
            ("minLength", 1.0),
            ("minimum", 1.0),
            ("minItems", 1.0),
        ] {
            let (was, is) = (before[word].as_f64(), after[word].as_f64());
            if is.is_some_and(|is| was.is_none_or(|was| (is - was) * narrower > 0.0)) {
                self.add(place, &format!("{word} {} where {} was", after[word], before[word]));
            }
        }
        if !after["pattern"].is_null() && after["pattern"] != before["pattern"] {
            self.add(place, "another pattern, which cannot be shown to take what was taken");
        }
    }

    fn properties(&mut self, place: &str, before: &'a Value, after: &'a Value, direction: Direction) {
        let required = |schema: &'a Value, name: &str| {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name))
        };
        for (name, was) in before["properties"].as_object().into_iter().flatten() {
            match after["properties"].get(name) {
                None if direction == Direction::Sent => self.add(place, &format!("`{name}` is not taken any more")),
                None => self.add(place, &format!("`{name}` is gone")),
                Some(is) => self.compare(&format!("{place}.{name}"), was, is, direction),
            }
            if direction == Direction::Answered && required(before, name) && !required(after, name) {
                self.add(place, &format!("`{name}` may be absent"));
            }
        }
        for name in after["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if direction == Direction::Sent && !required(before, name) {
                self.add(place, &format!("`{name}` must be sent"));
            }
        }
    }
}

/// The types that a value may have; a choice has those of its parts that are written there.
fn kinds(schema: &Value) -> BTreeSet<String> {
    let own = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(kind) => BTreeSet::from([kind.clone()]),
        _ => BTreeSet::new(),
    };
    let of_parts = schema["oneOf"].as_array().into_iter().flatten().filter(|part| part["type"] == "null");
    own.into_iter().chain(of_parts.map(|_| "null".to_owned())).collect()
}

/// The parts of a choice that are not null.
fn parts<'a>(schema: &'a Value, word: &str) -> Vec<&'a Value> {
    schema[word].as_array().into_iter().flatten().filter(|part| part["type"] != "null").collect()
}
