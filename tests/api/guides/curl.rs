//! The commands of a guide, read as a shell would: curl calls, one to a line, with quotes and variables.

use std::collections::HashMap;

/// One call of curl.
#[derive(Debug, Default)]
pub struct Call {
    pub method: String,
    pub address: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// `-u`, as it stands.
    pub user: Option<String>,
    /// `NAME=$(curl … | sed …)`: the variable to set, and the member of the answer to take.
    pub into: Option<(String, String)>,
}

/// The commands of a block: a line each, unless a quote or a backslash goes on.
pub fn commands(block: &str) -> Vec<String> {
    let block = block.replace("\\\n", " ");
    let mut commands = vec![String::new()];
    let mut quote = None;
    for c in block.chars() {
        quote = match (quote, c) {
            (None, '\'' | '"') => Some(c),
            (Some(open), _) if open == c => None,
            _ => quote,
        };
        if c == '\n' && quote.is_none() {
            commands.push(String::new());
        } else {
            commands.last_mut().unwrap().push(c);
        }
    }
    commands.retain(|command| !command.trim().is_empty());
    commands
}

/// The call that a command makes; none for a variable that is set by hand.
pub fn call(command: &str, variables: &HashMap<String, String>) -> Option<Call> {
    let (into, command) = match command.split_once("=$(") {
        Some((name, rest)) if is_name(name) => {
            let (inner, sed) = rest.trim_end().trim_end_matches(')').split_once(" | sed ").unwrap();
            let member = sed.split('"').nth(1).unwrap();
            (Some((name.to_owned(), member.to_owned())), inner)
        }
        _ => (None, command),
    };
    let words = words(command, variables);
    match words.first().map(String::as_str) {
        Some("curl") => Some(Call { into, ..read(&words[1..]) }),
        Some(word) if word.split_once('=').is_some_and(|(name, _)| is_name(name)) => None,
        _ => panic!("the guide's test knows curl only: {command}"),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn read(words: &[String]) -> Call {
    let mut call = Call::default();
    let mut words = words.iter();
    let mut data = Vec::new();
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word}: nothing after it")).clone();
        match word.as_str() {
            "-s" | "-si" => {}
            "-X" => call.method = value(),
            "-u" => call.user = Some(value()),
            "-d" => data.push(value()),
            "-H" => {
                let header = value();
                let (name, value) = header.split_once(": ").unwrap();
                call.headers.push((name.to_owned(), value.to_owned()));
            }
            address if !address.starts_with('-') && call.address.is_empty() => address.clone_into(&mut call.address),
            other => panic!("the guide's test does not know {other}"),
        }
    }
    call.body = (!data.is_empty()).then(|| data.join("&"));
    if call.method.is_empty() {
        let method = if call.body.is_some() { "POST" } else { "GET" };
        method.clone_into(&mut call.method);
    }
    call
}

fn words(command: &str, variables: &HashMap<String, String>) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == c => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None | Some('"'), '$') => {
                let mut name = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_uppercase() || *c == '_') {
                    name.push(c);
                }
                let value = variables.get(&name).unwrap_or_else(|| panic!("${name}: not set by then"));
                word.get_or_insert_default().push_str(value);
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
