//! Two documents, operation by operation: why a client made from the old one would not work with the new one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{Direction, Schemas};

/// One line for each reason.
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, schemas: Schemas::of(old, new), found: BTreeSet::new() };
    for (path, item) in old["paths"].as_object().unwrap() {
        for (method, before) in item.as_object().unwrap() {
            comparison.operation(
                before,
                new.pointer(&format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"))),
            );
        }
    }
    comparison.found.append(&mut comparison.schemas.found);
    comparison.found.into_iter().collect()
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    schemas: Schemas<'a>,
    found: BTreeSet<String>,
}

impl<'a> Comparison<'a> {
    fn operation(&mut self, before: &'a Value, after: Option<&'a Value>) {
        let id = before["operationId"].as_str().unwrap();
        let Some(after) = after else {
            self.found.insert(format!("{id} is gone"));
            return;
        };
        if after["operationId"] != id {
            self.found.insert(format!("{id} is now called {}", after["operationId"].as_str().unwrap()));
        }
        let [was, is] = [before, after].map(|operation| operation["security"].as_array().unwrap());
        let is_open = is.is_empty();
        if !is_open && (was.is_empty() || !was.iter().all(|way| is.contains(way))) {
            self.found.insert(format!("{id} needs another scope than before"));
        }
        self.parameters(id, before, after);
        self.request(id, &before["requestBody"], &after["requestBody"]);
        self.answers(id, before, after);
    }

    fn parameters(&mut self, id: &str, before: &'a Value, after: &'a Value) {
        let all = |operation: &'a Value| operation["parameters"].as_array().into_iter().flatten();
        let same = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        for old in all(before) {
            match all(after).find(|new| same(old, new)) {
                None => drop(self.found.insert(format!("{id}: parameter {} is not taken any more", name(old)))),
                Some(new) => {
                    let place = format!("{id}: parameter {}", name(old));
                    self.schemas.compare(&place, &old["schema"], &new["schema"], Direction::Sent);
                }
            }
        }
        for new in all(after).filter(|new| new["required"] == true) {
            if !all(before).any(|old| same(old, new) && old["required"] == true) {
                self.found.insert(format!("{id}: parameter {} must be sent", name(new)));
            }
        }
    }

    fn request(&mut self, id: &str, before: &'a Value, after: &'a Value) {
        if after["required"] == true && before["required"] != true {
            self.found.insert(format!("{id}: a body must be sent"));
        }
        for (media_type, content) in before["content"].as_object().into_iter().flatten() {
            match after["content"].get(media_type) {
                None => drop(self.found.insert(format!("{id}: a body of {media_type} is not taken any more"))),
                Some(now) => {
                    self.schemas.compare(&format!("{id}: body"), &content["schema"], &now["schema"], Direction::Sent);
                }
            }
        }
    }

    /// Refusals are problems, whatever their status: only what is good is compared.
    fn answers(&mut self, id: &str, before: &'a Value, after: &'a Value) {
        let good = |operation: &'a Value| {
            let all = operation["responses"].as_object().unwrap().iter();
            all.filter(|(status, _)| status.starts_with(['2', '3'])).map(|(status, answer)| (status.as_str(), answer))
        };
        for (status, answer) in good(before) {
            match good(after).find(|(now, _)| *now == status) {
                None => drop(self.found.insert(format!("{id} does not answer {status} any more"))),
                Some((_, now)) => self.answer(&format!("{id}: {status}"), answer, now),
            }
        }
        for (status, _) in good(after).filter(|(status, _)| !good(before).any(|(was, _)| was == *status)) {
            self.found.insert(format!("{id} answers {status}, which no client knows"));
        }
    }

    fn answer(&mut self, place: &str, before: &'a Value, after: &'a Value) {
        let (before, after) = (resolved(self.old, before), resolved(self.new, after));
        for header in before["headers"].as_object().into_iter().flatten().map(|(header, _)| header) {
            if after["headers"].get(header).is_none() {
                self.found.insert(format!("{place} comes without the header {header}"));
            }
        }
        for (media_type, content) in before["content"].as_object().into_iter().flatten() {
            match after["content"].get(media_type) {
                None => drop(self.found.insert(format!("{place}: no answer as {media_type} any more"))),
                Some(now) => self.schemas.compare(place, &content["schema"], &now["schema"], Direction::Answered),
            }
        }
    }
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap()
}

/// What a reference leads to, or the thing itself.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).unwrap(),
        None => value,
    }
}
