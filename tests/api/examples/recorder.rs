//! Calls operations by their names and keeps what was sent and answered.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
};

use serde_json::{Value, json};

use crate::{
    harness::{Api, Client, Reply},
    openapi::document,
};

/// The id of every recorded request.
pub const REQUEST: &str = "0199f3c0-7a1e-7000-8000-0000000000ff";
/// Lists are cut to so many entries: enough to see their shape.
const ENTRIES: usize = 3;
/// Texts of several lines are cut to so many.
const LINES: usize = 12;

pub struct Recorder<'a> {
    pub api: &'a Api,
    /// Method and path template of each operation.
    operations: HashMap<String, (String, String)>,
    /// Parameters, request and answers of each operation.
    pub found: BTreeMap<String, Value>,
}

/// One call to record.
#[derive(Default)]
pub struct Call<'a> {
    /// Values of the path's parameters, in order.
    pub path: &'a [&'a str],
    pub query: &'a [(&'a str, &'a str)],
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Option<Value>,
}

impl<'a> Recorder<'a> {
    pub fn of(api: &'a Api) -> Self {
        let mut operations = HashMap::new();
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                operations.insert(id, (method.to_uppercase(), path.clone()));
            }
        }
        Self { api, operations, found: BTreeMap::new() }
    }

    /// Calls an operation and keeps the exchange.
    pub fn call(&mut self, operation: &str, client: &Client, expected: u16, call: &Call) -> Reply {
        let (method, template) = self.operations[operation].clone();
        let mut values = call.path.iter();
        let mut parameters = BTreeMap::new();
        let parts =
            template.split('/').map(|part| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => {
                    let value = *values.next().unwrap();
                    parameters.insert(name.to_owned(), json!(value));
                    value
                }
                None => part,
            });
        let mut path = parts.collect::<Vec<_>>().join("/");
        if !call.query.is_empty() {
            path += "?";
            path += &form_urlencoded::Serializer::new(String::new()).extend_pairs(call.query).finish();
            parameters.extend(call.query.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        }
        let is_form = call.headers.iter().any(|(_, value)| *value == "application/x-www-form-urlencoded");
        let body = call.body.as_ref().map(|body| if is_form { form(body) } else { body.to_string() }.into_bytes());
        let mut headers = vec![("X-Request-Id", REQUEST)];
        headers.extend(call.headers);
        let reply = client.send(expected, &method, &path, &headers, body);
        self.keep(operation, &json!(parameters), call.body.as_ref(), &reply);
        reply
    }

    fn keep(&mut self, operation: &str, parameters: &Value, request: Option<&Value>, reply: &Reply) {
        let media_type = reply.header("content-type").split(';').next().unwrap().to_owned();
        let answer =
            if media_type == "application/json" { cut(&shown(&reply.body)) } else { json!(first_lines(&reply.text)) };
        let kept = self
            .found
            .entry(operation.to_owned())
            .or_insert_with(|| json!({ "parameters": parameters, "request": request.map(shown), "answers": {} }));
        let first = &mut kept["answers"][reply.status.to_string()][media_type];
        if first.is_null() {
            *first = answer;
        }
    }
}

fn form(body: &Value) -> String {
    let pairs = body.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn first_lines(text: &str) -> String {
    // What the metrics count differs from run to run; what they are does not.
    let is_metrics = text.starts_with("# ");
    let lines = text.lines().filter(|line| !is_metrics || line.starts_with('#'));
    lines.take(LINES).flat_map(|line| [line, "\n"]).collect()
}

/// The same with its lists of objects cut.
fn cut(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.iter().all(Value::is_object) => items.iter().take(ENTRIES).map(cut).collect(),
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), cut(inner))).collect(),
        other => other.clone(),
    }
}

/// The same, where what nobody may copy, or what differs from run to run, is a text that says what stands there.
fn shown(value: &Value) -> Value {
    let field = |(name, inner): (&String, &Value)| {
        let stands_for = match name.as_str() {
            "access_token" | "token" => "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl",
            "secret" | "client_secret" => "tds_the-secret-is-shown-this-once",
            "kid" => "2026-10-12-1",
            "x" | "y" => "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "next_cursor" => "MDE5OWYzYzA6MDE5OWYzYzA",
            _ => return (name.clone(), shown(inner)),
        };
        (name.clone(), if inner.is_string() { stands_for.into() } else { shown(inner) })
    };
    match value {
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Object(fields) => fields.iter().map(field).collect(),
        other => other.clone(),
    }
}

/// The same with ids numbered in the order of their appearance, and with the address of the documentation.
pub fn made_repeatable(found: &Value, base: &str) -> Value {
    let text = found.to_string().replace(base, "http://127.0.0.1:8080");
    let mut numbered = HashMap::<String, usize>::new();
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        out += &rest[..at];
        let candidate = rest.get(at..at + 36).filter(|candidate| uuid::Uuid::try_parse(candidate).is_ok());
        let Some(id) = candidate.filter(|id| *id != REQUEST) else {
            let run = candidate.map_or_else(|| rest[at..].find(|c: char| !c.is_ascii_hexdigit()), |_| Some(36));
            let run = run.unwrap_or(rest.len() - at);
            out += &rest[at..at + run];
            rest = &rest[at + run..];
            continue;
        };
        let next = numbered.len() + 1;
        let number = *numbered.entry(id.to_owned()).or_insert(next);
        let _ = write!(out, "0199f3c0-7a1e-7000-8000-{number:012x}");
        rest = &rest[at + 36..];
    }
    out += rest;
    serde_json::from_str(&out).unwrap()
}
