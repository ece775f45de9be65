//! Two sides, a task between them, and what the facts about tasks share.

use std::thread;

use serde_json::{Value, json};
use tiendo::base::db::{
    schema::{documents, indicators},
    types::{DocumentId, Instant},
};

use crate::harness::{Api, Client, Reply};

pub const ASSIGN: &str = "tasks:assign tasks:read";
pub const PROGRESS: &str = "tasks:progress tasks:read";

/// Both sides and a task between them.
pub struct Desk {
    /// The document platform: assigns and confirms.
    pub assigner: Client,
    /// The executing agency.
    pub lead: Client,
}

impl Desk {
    pub fn of(api: &Api) -> Self {
        Self { assigner: api.client("LC", ASSIGN), lead: api.client("LC-TTR", PROGRESS) }
    }

    /// Assigns a task to the Inspectorate's office; answers its path.
    pub fn task(&self, more: &Value) -> String {
        let mut body = json!({ "title": "Số hóa hồ sơ, tài liệu", "lead": "LC-TTR-VP" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.assigner.post(201, "/v1/tasks", &body);
        assert_eq!(made.header("location"), format!("/v1/tasks/{}", text(&made.body["id"])));
        made.header("location").to_owned()
    }

    pub fn get(&self, path: &str) -> Value {
        self.assigner.get(200, path).body
    }

    /// Moves a task along, by whichever side may.
    pub fn walk(&self, path: &str, states: &[&str]) {
        for state in states {
            let body = json!({ "to": state, "reason": "theo kế hoạch" });
            let side = match *state {
                "completed" | "cancelled" | "assigned" => &self.assigner,
                _ => &self.lead,
            };
            side.post(200, &format!("{path}/transitions"), &body);
        }
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

pub fn items(reply: &Reply) -> Vec<Value> {
    reply.body["items"].as_array().unwrap().clone()
}

pub fn ids(reply: &Reply) -> Vec<String> {
    items(reply).iter().map(|item| text(&item["id"]).to_owned()).collect()
}

/// A document of an organization, put past its API.
pub fn document(api: &Api, organization: &str) -> String {
    let (id, owner) = (DocumentId(tiendo::base::clock::new_id()), organization.to_owned());
    api.write(async move |db| {
        use tiendo::base::db::prelude::*;
        let now = Instant::from(chrono::DateTime::UNIX_EPOCH);
        both!(db, |c| diesel::insert_into(documents::table)
            .values((
                documents::id.eq(id),
                documents::organization.eq(owner),
                documents::kind.eq("plan"),
                documents::title.eq("Kế hoạch"),
                documents::status.eq("in_force"),
                documents::search.eq("ke hoach"),
                documents::version.eq(1),
                documents::created_at.eq(now),
                documents::updated_at.eq(now),
            ))
            .execute(c))?;
        Ok(())
    })
    .unwrap();
    id.to_string()
}

/// An indicator of an organization, put past its API.
pub fn indicator(api: &Api, organization: &str, code: &str) {
    let (owner, code) = (organization.to_owned(), code.to_owned());
    api.write(async move |db| {
        use tiendo::base::db::prelude::*;
        let now = Instant::from(chrono::DateTime::UNIX_EPOCH);
        both!(db, |c| diesel::insert_into(indicators::table)
            .values((
                indicators::code.eq(code),
                indicators::organization.eq(owner),
                indicators::name.eq("Tỷ lệ"),
                indicators::unit.eq("%"),
                indicators::search.eq("ty le"),
                indicators::kind.eq("ratio"),
                indicators::flow.eq(false),
                indicators::version.eq(1),
                indicators::targets_version.eq(0),
                indicators::created_at.eq(now),
                indicators::updated_at.eq(now),
            ))
            .execute(c))?;
        Ok(())
    })
    .unwrap();
}

/// Runs the same thing on many threads at once.
pub fn at_once<T: Send>(threads: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(threads);
    thread::scope(|scope| {
        let run = |n| {
            start.wait();
            f(n)
        };
        let handles: Vec<_> = (0..threads).map(|n| scope.spawn(move || run(n))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

/// Every version is in the log once, and the last one is the task's.
pub fn assert_gapless(client: &Client, path: &str) {
    let mut versions = Vec::new();
    let mut next = format!("{path}/history?limit=500");
    loop {
        let page = client.get(200, &next);
        versions.extend(items(&page).iter().map(|item| item["version"].as_i64().unwrap()));
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        next = format!("{path}/history?limit=500&cursor={cursor}");
    }
    let last = client.get(200, path).body["version"].as_i64().unwrap();
    assert_eq!(versions, (1..=last).collect::<Vec<_>>());
}

/// A request whose status is what the test is about.
pub fn raw(client: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", client.base));
    request =
        request.header("Authorization", format!("Bearer {}", client.token)).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    agent.run(request.body(body).unwrap()).unwrap().status().as_u16()
}
