//! The guides do what they say: their commands are run, and their answers compared with what the service answers.

mod curl;
mod shown;

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use tiendo::base::auth::{PROFILES, ScopeName};

use crate::harness::{Api, Client, Database, Reply, operator_of};

/// The page for a newcomer, and the guide in both languages.
const README: &str = "README.md";
const GUIDES: [&str; 2] = ["docs/huong-dan.md", "docs/integrate.md"];

fn text_of(name: &str) -> String {
    std::fs::read_to_string(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A fenced part of a guide: where it begins, its language and its text.
struct Block {
    place: String,
    language: String,
    text: String,
}

fn blocks(name: &str) -> Vec<Block> {
    let guide = text_of(name);
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(guide.lines()) {
        if let Some(language) = line.strip_prefix("```") {
            is_open = !is_open;
            if is_open {
                blocks.push(Block {
                    place: format!("{name}:{number}"),
                    language: language.to_owned(),
                    text: String::new(),
                });
            }
        } else if is_open {
            let text = &mut blocks.last_mut().unwrap().text;
            text.push_str(line);
            text.push('\n');
        }
    }
    assert!(!is_open, "{name}: a block is not closed");
    blocks
}

/// Who appears in the guides: variable, organization, profile, source.
const CAST: [(&str, &str, &str, Option<&str>); 4] = [
    ("PLATFORM", "LC", "document-platform", Some("qlvb")),
    ("OFFICE", "LC-TTR", "executing-agency", None),
    ("DEPARTMENT", "LC", "science-department", None),
    ("DIVISION", "LC-TTR-NV", "executing-agency", None),
];

/// The service as `tiendo demo` leaves it, and the variables of a reader's shell.
fn demo(database: &Database) -> (Api, HashMap<String, String>) {
    let api = Api::with(database, |settings| settings.requests_per_minute = 6000);
    let plan: tiendo::exchange::plans::model::Plan = serde_json::from_str(tiendo::exchange::plans::LAI_CHAU).unwrap();
    let caller = operator_of(Some(plan.source.clone()));
    api.write(async move |db| tiendo::exchange::plans::load(db, &caller, plan).await).unwrap();
    let mut variables = HashMap::from([("B".to_owned(), String::new())]);
    for (name, organization, profile, source) in CAST {
        let (id, secret) = api.credentials(organization, profile, source);
        variables.insert(name.to_owned(), api.token(&id, &secret));
        variables.insert(format!("{name}_ID"), id);
        variables.insert(format!("{name}_SECRET"), secret);
    }
    (api, variables)
}

fn send(client: &Client, call: &curl::Call) -> Reply {
    let mut headers: Vec<_> = call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let basic = call.user.as_ref().map(|user| format!("Basic {}", BASE64_STANDARD.encode(user)));
    headers.extend(basic.as_deref().map(|basic| ("Authorization", basic)));
    let is_typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if call.body.is_some() && !is_typed {
        headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    }
    client.try_send(&call.method, &call.address, &headers, call.body.clone().map(String::into_bytes))
}

/// Runs a guide from its beginning to its end; answers how many answers it compared.
fn follow(name: &str, database: &Database) -> usize {
    let (api, mut variables) = demo(database);
    let stranger = api.stranger();
    let (mut last, mut compared) = (None, 0);
    let blocks = blocks(name);
    for (at, Block { place, language, text }) in blocks.iter().enumerate() {
        match (language.as_str(), last.as_ref()) {
            ("sh", _) => {
                let expects_refusal = blocks.get(at + 1).is_some_and(|next| next.language == "http");
                for command in curl::commands(text) {
                    let Some(call) = curl::call(&command, &variables) else { continue };
                    let reply = send(&stranger, &call);
                    assert!(expects_refusal || reply.status < 400, "{place}: {command}: {}", reply.text);
                    if let Some((name, member)) = &call.into {
                        variables.insert(name.clone(), reply.body[member].as_str().unwrap().to_owned());
                    }
                    last = Some(reply);
                }
            }
            ("json", Some(reply)) => shown::assert_json(text, reply, place),
            ("http", Some(reply)) => shown::assert_http(text, reply, place),
            ("csv", Some(reply)) => shown::assert_lines(text, reply, place),
            ("console" | "python" | "text", _) => continue,
            (other, _) => panic!("{place}: what is a block of {other:?}?"),
        }
        compared += usize::from(language != "sh");
    }
    compared
}

#[test]
fn the_guides_are_answered_on_sqlite_as_they_say() {
    assert!(follow(README, &Database::sqlite()) >= 3);
    for guide in GUIDES {
        assert!(follow(guide, &Database::sqlite()) >= 20);
    }
}

#[test]
fn the_guides_are_answered_on_postgres_as_they_say() {
    for guide in [README, GUIDES[0], GUIDES[1]] {
        follow(guide, &Database::postgres());
    }
}

/// The cells of the rows of tables whose first cell is a `word`.
fn rows(guide: &str) -> impl Iterator<Item = Vec<&str>> {
    guide
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

fn word(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[test]
fn every_period_of_the_guides_is_as_the_service_has_it() {
    let (api, _) = demo(&Database::sqlite());
    let client = api.client("LC", "indicators:read");
    for name in GUIDES {
        let guide = text_of(name);
        let periods: Vec<_> = rows(&guide).filter(|row| word(row[0]).starts_with("2026-")).collect();
        assert_eq!(periods.len(), 9, "{name}");
        for row in periods {
            let said = client.get(200, &format!("/v1/calendars/ND09/periods/{}", word(row[0]))).body;
            let day_that_ends = |at: &str| {
                let end = chrono::DateTime::parse_from_rfc3339(at).unwrap();
                assert_eq!(end.naive_utc().time(), chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap());
                end.date_naive().to_string()
            };
            let [_, _, from, to, due] = row[..] else { panic!("{name}: five cells: {row:?}") };
            assert_eq!((from, to), (said["window"]["from"].as_str().unwrap(), said["window"]["to"].as_str().unwrap()));
            assert_eq!(to, day_that_ends(said["cutoff_at"].as_str().unwrap()));
            assert_eq!(due, day_that_ends(said["due_at"].as_str().unwrap()), "{name}: {}", row[0]);
        }
    }
}

#[test]
fn the_guides_list_the_profiles_as_they_are() {
    for name in GUIDES {
        let guide = text_of(name);
        for (profile, scopes) in PROFILES {
            let row = rows(&guide).find(|row| word(row[0]) == *profile).unwrap_or_else(|| panic!("{name}: {profile}"));
            if scopes.len() < ScopeName::ALL.len() {
                let listed: Vec<_> = row[2].split(", ").map(word).collect();
                assert_eq!(listed, scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(), "{name}: {profile}");
            }
        }
    }
}

/// Words between backquotes.
fn quoted(guide: &str) -> impl Iterator<Item = &str> {
    guide.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn every_operation_and_problem_that_the_guides_name_exists() {
    let document: serde_json::Value = serde_json::from_str(include_str!("../../../openapi/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let same = |path: &str, known: &str| {
        let (path, known): (Vec<_>, Vec<_>) = (path.split('/').collect(), known.split('/').collect());
        path.len() == known.len()
            && path.iter().zip(&known).all(|(a, b)| a == b || (b.starts_with('{') && !a.is_empty()))
    };
    for name in [README, GUIDES[0], GUIDES[1]] {
        for text in quoted(&text_of(name)) {
            let (method, path) = text.split_once(' ').unwrap_or(("", text));
            if matches!(method, "GET" | "POST" | "PUT" | "PATCH") && path.starts_with("/v1/") {
                let path = path.split('?').next().unwrap();
                let known = paths.iter().find(|(known, _)| same(path, known));
                let operations = known.unwrap_or_else(|| panic!("{name}: {text}: there is no such address")).1;
                assert!(operations.get(method.to_lowercase()).is_some(), "{name}: {text}");
            }
            if let Some((status, slug)) = text.split_once(' ').filter(|(status, _)| status.parse::<u16>().is_ok()) {
                let kind = tiendo::pages::problems::catalogue::CATALOGUE.iter().find(|kind| kind.slug == slug);
                assert_eq!(kind.map(|kind| kind.status.to_string()).as_deref(), Some(status), "{name}: {text}");
            }
        }
    }
}
