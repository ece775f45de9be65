//! What a guide shows, against what is answered. `…` stands for what was left out: the rest of an object
//! (`"…": "…"`), of a list, of a text, lines of a table.

use serde_json::{Value, json};

use crate::harness::Reply;

const LEFT_OUT: &str = "…";

/// The body that a guide shows.
pub fn assert_json(shown: &str, reply: &Reply, place: &str) {
    let shown: Value = serde_json::from_str(shown).unwrap_or_else(|error| panic!("{place}: {error}"));
    if let Err(difference) = fits("", &shown, &reply.body) {
        panic!("{place}: {difference}\n{}", reply.text);
    }
}

/// The status, headers and body that a guide shows.
pub fn assert_http(shown: &str, reply: &Reply, place: &str) {
    let (head, body) = shown.split_once("\n\n").unwrap_or((shown, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap();
    assert_eq!(status, reply.status.to_string(), "{place}: {}", reply.text);
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        assert!(text_fits(value, reply.header(name)), "{place}: {line} is answered as {:?}", reply.header(name));
    }
    if !body.trim().is_empty() {
        assert_json(body, reply, place);
    }
}

/// The lines that a guide shows, in their order.
pub fn assert_lines(shown: &str, reply: &Reply, place: &str) {
    let mut answered = reply.text.lines();
    let mut may_skip = false;
    for line in shown.lines() {
        if line == LEFT_OUT {
            may_skip = true;
            continue;
        }
        let found = if may_skip { answered.any(|other| other == line) } else { answered.next() == Some(line) };
        assert!(found, "{place}: the answer has no line (here) {line}\n{}", reply.text);
        may_skip = false;
    }
    assert!(may_skip || answered.next().is_none(), "{place}: the answer goes on");
}

fn text_fits(shown: &str, answered: &str) -> bool {
    match shown.split_once(LEFT_OUT) {
        None => shown == answered,
        Some((start, end)) => {
            answered.len() >= start.len() + end.len() && answered.starts_with(start) && answered.ends_with(end)
        }
    }
}

fn fits(at: &str, shown: &Value, answered: &Value) -> Result<(), String> {
    let differs = || Err(format!("{at}: shown {shown}, answered {answered}"));
    match (shown, answered) {
        (Value::String(shown), Value::String(answered)) if text_fits(shown, answered) => Ok(()),
        (Value::Object(shown), Value::Object(answered)) => {
            for (name, value) in shown.iter().filter(|(name, _)| *name != LEFT_OUT) {
                fits(&format!("{at}/{name}"), value, answered.get(name).unwrap_or(&Value::Null))?;
            }
            let unsaid = answered.keys().find(|name| !shown.contains_key(*name));
            match unsaid.filter(|_| !shown.contains_key(LEFT_OUT)) {
                Some(name) => Err(format!("{at}/{name} is answered, and not shown")),
                None => Ok(()),
            }
        }
        (Value::Array(shown), Value::Array(answered)) => {
            let (shown, is_open) = match shown.split_last() {
                Some((last, start)) if last == LEFT_OUT => (start, true),
                _ => (shown.as_slice(), false),
            };
            if answered.len() < shown.len() || (!is_open && answered.len() > shown.len()) {
                return differs();
            }
            let mut pairs = shown.iter().zip(answered).enumerate();
            pairs.try_for_each(|(index, (shown, answered))| fits(&format!("{at}/{index}"), shown, answered))
        }
        _ if shown == answered => Ok(()),
        _ => differs(),
    }
}

#[test]
fn what_differs_is_seen() {
    let shown = |shown: Value, answered: Value| fits("", &shown, &answered).is_ok();
    assert!(shown(json!({ "a": 1, "…": "…" }), json!({ "a": 1, "b": 2 })));
    assert!(!shown(json!({ "a": 1 }), json!({ "a": 1, "b": 2 })));
    assert!(!shown(json!({ "a": 1, "c": 2, "…": "…" }), json!({ "a": 1, "b": 2 })));
    assert!(shown(json!(["x", "…"]), json!(["x", "y"])));
    assert!(!shown(json!(["x"]), json!(["x", "y"])));
    assert!(!shown(json!(["x", "y", "…"]), json!(["x"])));
    assert!(shown(json!("a…c"), json!("abc")));
    assert!(!shown(json!("a…c"), json!("abd")));
    assert!(!shown(json!("1"), json!(1)));
}
