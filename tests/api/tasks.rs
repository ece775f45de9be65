use std::{collections::BTreeSet, thread};

use serde_json::{Value, json};
use tiendo::db::{
    schema::{documents, indicators},
    types::{DocumentId, Instant},
};

use crate::{
    harness::{Api, Client, Reply},
    on_both,
};

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

fn ids(reply: &Reply) -> Vec<String> {
    items(reply).iter().map(|item| text(&item["id"]).to_owned()).collect()
}

/// A document of an organization, put past its API.
pub fn document(api: &Api, organization: &str) -> String {
    let (id, owner) = (DocumentId(tiendo::clock::new_id()), organization.to_owned());
    api.write(async move |db| {
        use tiendo::db::prelude::*;
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

fn indicator(api: &Api, organization: &str, code: &str) {
    let (owner, code) = (organization.to_owned(), code.to_owned());
    api.write(async move |db| {
        use tiendo::db::prelude::*;
        let now = Instant::from(chrono::DateTime::UNIX_EPOCH);
        both!(db, |c| diesel::insert_into(indicators::table)
            .values((
                indicators::code.eq(code),
                indicators::organization.eq(owner),
                indicators::name.eq("Tỷ lệ"),
                indicators::unit.eq("%"),
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

on_both! {
    fn a_task_is_assigned_and_read_back(api: &Api) {
        let desk = Desk::of(api);
        let plan = document(api, "LC");
        indicator(api, "LC", "CT01");
        let whole = desk.task(&json!({}));
        let body = json!({
            "code": "N5.04", "title": "Số hóa quy trình nghiệp vụ", "description": "Số hóa\nhồ sơ", "document": plan,
            "clause": "III.5 đoạn 2", "group": "5. Chuyển đổi số", "parent": whole.rsplit('/').next().unwrap(),
            "lead": "LC-TTR-VP", "coordinators": ["LC-TTR-NV"], "leader": { "name": "Nguyễn Văn A", "position": "Chánh Thanh tra" },
            "assigned_on": "2026-11-01", "start_on": "2026-11-02", "due_on": "2026-12-31", "recurrence": "annual",
            "deliverable": "Kho hồ sơ số", "planned_vnd": 250_000_000, "priority": "high", "indicators": ["CT01"],
        });
        let made = desk.assigner.post(201, "/v1/tasks", &body);
        let path = made.header("location");
        let read = desk.lead.get(200, path);
        assert_eq!((&made.body, made.etag()), (&read.body, "\"1\""));
        for (field, sent) in body.as_object().unwrap() {
            assert_eq!(&read.body[field], sent, "{field}");
        }
        for (field, expected) in [
            ("state", json!("assigned")), ("percent", json!("0")), ("timeliness", json!("on_time")), ("version", json!(1)),
            ("first_due_on", json!("2026-12-31")), ("source", Value::Null), ("spent_vnd", Value::Null), ("results", Value::Null),
            ("completed_on", Value::Null), ("superseded_by", Value::Null), ("created_at", json!("2026-11-23T02:00:00Z")),
        ] {
            assert_eq!(read.body[field], expected, "{field}");
        }
        assert!(read.body.get("search").is_none());
        desk.lead.send(304, "GET", path, &[("If-None-Match", "\"1\"")], None);
        let bare = desk.get(&whole);
        assert_eq!((&bare["recurrence"], &bare["priority"], &bare["coordinators"]), (&json!("none"), &json!("normal"), &json!([])));
    }

    fn a_create_carries_no_progress(api: &Api) {
        let desk = Desk::of(api);
        for (field, value) in [
            ("state", json!("completed")), ("percent", json!("50")), ("spent_vnd", json!(1)), ("results", json!("x")),
            ("completed_on", json!("2026-11-01")), ("first_due_on", json!("2026-11-01")), ("superseded_by", Value::Null), ("id", Value::Null),
        ] {
            let mut body = json!({ "title": "x", "lead": "LC-TTR" });
            body[field] = value;
            let refused = desk.assigner.post(422, "/v1/tasks", &body);
            assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec!["unknown-field"], &json!(format!("#/{field}"))));
        }
    }

    fn a_reference_must_exist_and_be_visible(api: &Api) {
        let office = api.client("LC-TTR", ASSIGN);
        let (above, below, beside, foreign) =
            (document(api, "LC"), document(api, "LC-TTR-VP"), document(api, "LC-SKHCN"), document(api, "XX"));
        indicator(api, "LC", "CT-LC");
        indicator(api, "XX", "CT-XX");
        let theirs = api.client("XX", ASSIGN).post(201, "/v1/tasks", &json!({ "title": "x", "lead": "XX-A" }));
        let body = |field: &str, value: Value| {
            let mut body = json!({ "title": "x", "lead": "LC-TTR" });
            body[field] = value;
            body
        };
        for (field, value) in [("document", json!(above)), ("document", json!(below)), ("indicators", json!(["CT-LC"])), ("lead", json!("LC-TTR-NV"))] {
            office.post(201, "/v1/tasks", &body(field, value));
        }
        for (field, value, code) in [
            ("lead", json!("XX-A"), "unknown-organization"), ("lead", json!("LC"), "unknown-organization"),
            ("lead", json!("KHONG-CO"), "unknown-organization"), ("coordinators", json!(["LC-TTR-NV", "XX"]), "unknown-organization"),
            ("document", json!(beside), "unknown-document"), ("document", json!(foreign), "unknown-document"),
            ("document", theirs.body["id"].clone(), "unknown-document"), ("parent", theirs.body["id"].clone(), "unknown-task"),
            ("parent", json!(above), "unknown-task"), ("indicators", json!(["CT-LC", "CT-XX"]), "unknown-indicator"),
            ("indicators", json!(["CT-LC", "CT-LC"]), "duplicate"), ("coordinators", json!(["LC-TTR"]), "is-lead"),
            ("coordinators", json!(["LC-TTR-NV", "LC-TTR-NV"]), "duplicate"), ("document", json!("x"), "wrong-type"),
            ("due_on", json!("+12026-01-01"), "out-of-range"), ("due_on", json!("2026-02-30"), "wrong-type"),
            ("planned_vnd", json!(-1), "invalid-value"), ("planned_vnd", json!(1.5), "wrong-type"), ("title", json!("a\u{0}b"), "invalid-value"),
        ] {
            let refused = office.post(422, "/v1/tasks", &body(field, value.clone()));
            assert_eq!(refused.codes(), [code], "{field} {value}");
            assert!(text(&refused.body["errors"][0]["pointer"]).starts_with(&format!("#/{field}")), "{field} {value}");
        }
        let late = json!({ "title": "x", "lead": "LC-TTR", "start_on": "2026-12-01", "due_on": "2026-11-30" });
        assert_eq!(office.post(422, "/v1/tasks", &late).codes(), ["before-start-on"]);
        assert_eq!(office.get(200, "/v1/tasks?count=exact").body["total"], 4);
    }

    fn a_task_is_no_part_of_itself(api: &Api) {
        let desk = Desk::of(api);
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let top = desk.task(&json!({}));
        let middle = desk.task(&json!({ "parent": id(&top) }));
        let leaf = desk.task(&json!({ "parent": id(&middle) }));
        for below in [&top, &middle, &leaf] {
            assert_eq!(desk.assigner.patch(422, &top, "\"1\"", &json!({ "parent": id(below) })).codes(), ["cycle"]);
        }
        desk.assigner.patch(200, &leaf, "\"1\"", &json!({ "parent": id(&top) }));
        desk.assigner.patch(200, &leaf, "\"2\"", &json!({ "parent": null }));
    }

    fn two_moves_at_once_close_no_circle(api: &Api) {
        let desk = Desk::of(api);
        let tasks: Vec<_> = (0..6).map(|_| desk.task(&json!({}))).collect();
        let statuses = at_once(6, |n| {
            let parent = tasks[(n + 1) % 6].rsplit('/').next().unwrap();
            let body = json!({ "parent": parent }).to_string().into_bytes();
            raw(&desk.assigner, "PATCH", &tasks[n], &[("If-Match", "\"1\"")], body)
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 1, "{statuses:?}");
    }

    fn another_tree_sees_nothing(api: &Api) {
        let desk = Desk::of(api);
        let path = desk.task(&json!({}));
        let stranger = api.client("XX", "administrator");
        for sub in ["", "/history", "/transitions", "/progress-updates", "/deadline-changes"] {
            stranger.get(404, &format!("{path}{sub}"));
        }
        stranger.patch(404, &path, "\"1\"", &json!({ "title": "x" }));
        stranger.post(404, &format!("{path}/transitions"), &json!({ "to": "accepted" }));
        stranger.post(404, &format!("{path}/progress-updates"), &json!({ "as_of": "2026-11-20", "percent": "1", "results": "x" }));
        let later = json!({ "new_due_on": "2026-12-20", "reason": "x", "approved_by": "x" });
        stranger.post(404, &format!("{path}/deadline-changes"), &later);
        assert_eq!(stranger.get(200, "/v1/tasks").body["items"], json!([]));
        stranger.get(404, "/v1/tasks?under=LC");
        stranger.get(404, "/v1/tasks/summary?by=state&under=LC-TTR");
        assert_eq!(stranger.get(200, "/v1/tasks/summary?by=lead").body["total"], 0);
        desk.assigner.get(404, "/v1/tasks/018f0000-0000-7000-8000-000000000000");
        desk.assigner.get(404, "/v1/tasks/khong-phai-id");
        assert_eq!(api.stranger().get(401, &path).problem(), "token-missing");
        assert_eq!(desk.lead.post(403, "/v1/tasks", &json!({ "title": "x", "lead": "LC-TTR" })).problem(), "scope-missing");
        assert_eq!(desk.assigner.post(403, &format!("{path}/progress-updates"), &json!({})).problem(), "scope-missing");
        assert_eq!(desk.lead.post(403, &format!("{path}/deadline-changes"), &later).problem(), "scope-missing");
        let reader = api.client("LC", "tasks:read");
        assert_eq!(reader.post(403, &format!("{path}/transitions"), &json!({ "to": "accepted" })).problem(), "scope-missing");
        assert_eq!(desk.get(&path)["version"], 1);
    }

    fn only_the_owning_source_changes_what_it_assigned(api: &Api) {
        let (ours, theirs, none) =
            (api.client_of("LC", ASSIGN, Some("qlvb")), api.client_of("LC", ASSIGN, Some("khac")), api.client("LC", ASSIGN));
        let body = json!({ "source": "qlvb", "source_key": "1", "title": "x", "lead": "LC-TTR" });
        assert_eq!(theirs.post(403, "/v1/tasks", &body).problem(), "source-not-yours");
        let made = ours.post(201, "/v1/tasks", &body);
        assert_eq!(ours.post(409, "/v1/tasks", &body).problem(), "already-exists");
        let path = made.header("location");
        for other in [&theirs, &none] {
            assert_eq!(other.patch(403, path, "\"1\"", &json!({ "title": "y" })).problem(), "source-not-yours");
            let put = json!({ "title": "y", "lead": "LC-TTR" });
            assert_eq!(other.put(403, "/v1/tasks/by-key/qlvb/1", &put).problem(), "source-not-yours");
            assert_eq!(other.get(200, "/v1/tasks/by-key/qlvb/1").body["title"], "x");
        }
        assert_eq!(ours.patch(200, path, "\"1\"", &json!({ "title": "y" })).body["title"], "y");
        for half in [json!({ "source": "qlvb", "title": "x", "lead": "LC" }), json!({ "source_key": "2", "title": "x", "lead": "LC" })] {
            assert_eq!(ours.post(422, "/v1/tasks", &half).codes(), ["required"]);
        }
    }

    fn a_key_may_hold_anything_printable(api: &Api) {
        let platform = api.client_of("LC", ASSIGN, Some("qlvb"));
        for key in ["000.00.00.H35,2025/05/22,2273/KH-UBND", "Quyết định số 12/QĐ-UBND", "100% xong?#&+ =\"", "a%2Fb"] {
            let encoded: String = key.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect();
            let path = format!("/v1/tasks/by-key/qlvb/{encoded}");
            platform.get(404, &path);
            let made = platform.put(201, &path, &json!({ "title": "x", "lead": "LC-TTR" }));
            assert_eq!((&made.body["source"], &made.body["source_key"]), (&json!("qlvb"), &json!(key)));
            let read = platform.get(200, &path);
            assert_eq!((read.etag(), &read.body["id"]), ("\"1\"", &made.body["id"]));
            assert_eq!(platform.get(200, made.header("location")).body["source_key"], key);
        }
        assert_eq!(platform.get(200, "/v1/tasks/by-key/qlvb/a%252Fb").body["source_key"], "a%2Fb");
        platform.get(404, "/v1/tasks/by-key/qlvb/a/b");
    }

    fn a_repeated_put_changes_nothing(api: &Api) {
        let platform = api.client_of("LC", ASSIGN, Some("qlvb"));
        let path = "/v1/tasks/by-key/qlvb/k1";
        let body = json!({ "title": "x", "lead": "LC-TTR", "due_on": "2026-12-31", "coordinators": ["LC-SKHCN"] });
        let made = platform.put(201, path, &body);
        let task = made.header("location");
        api.wait_seconds(60);
        assert_eq!(platform.put(200, path, &body).body, made.body);
        let changed = platform.put(200, path, &json!({ "title": "y", "lead": "LC-TTR", "due_on": "2026-12-31" }));
        assert_eq!((changed.etag(), &changed.body["coordinators"]), ("\"2\"", &json!([])));
        let condition = |status, etag, title: &str| {
            let body = json!({ "title": title, "lead": "LC-TTR", "due_on": "2026-12-31" });
            platform.send(status, "PUT", path, &[("If-Match", etag)], Some(body.to_string().into_bytes()))
        };
        assert_eq!(condition(412, "\"1\"", "z").body["version"], 2);
        assert_eq!(condition(200, "\"2\"", "z").etag(), "\"3\"");
        let none = platform.send(412, "PUT", "/v1/tasks/by-key/qlvb/k2", &[("If-Match", "\"1\"")], Some(body.to_string().into_bytes()));
        assert_eq!(none.problem(), "version-stale");
        assert_gapless(&platform, task);
        assert_eq!(platform.put(422, path, &json!({ "title": "x" })).codes(), ["required"]);
    }

    fn a_put_leaves_progress_alone(api: &Api) {
        let desk = Desk { assigner: api.client_of("LC", ASSIGN, Some("qlvb")), ..Desk::of(api) };
        let body = json!({ "title": "x", "lead": "LC-TTR" });
        let path = desk.assigner.put(201, "/v1/tasks/by-key/qlvb/k", &body).header("location").to_owned();
        desk.walk(&path, &["accepted", "in_progress"]);
        desk.lead.post(201, &format!("{path}/progress-updates"), &json!({ "as_of": "2026-11-20", "percent": "40", "results": "một phần" }));
        let put = desk.assigner.put(200, "/v1/tasks/by-key/qlvb/k", &json!({ "title": "y", "lead": "LC-TTR" }));
        assert_eq!((&put.body["state"], &put.body["percent"], &put.body["results"]), (&json!("in_progress"), &json!("40"), &json!("một phần")));
    }

    fn one_of_many_puts_of_a_new_key_creates(api: &Api) {
        let platform = api.client_of("LC", ASSIGN, Some("qlvb"));
        let body = json!({ "title": "x", "lead": "LC-TTR" }).to_string().into_bytes();
        let statuses = at_once(16, |_| raw(&platform, "PUT", "/v1/tasks/by-key/qlvb/k", &[], body.clone()));
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 15, "{statuses:?}");
        assert_eq!(platform.get(200, "/v1/tasks/by-key/qlvb/k").body["version"], 1);
    }

    fn a_due_date_once_given_stays(api: &Api) {
        let desk = Desk::of(api);
        let path = desk.task(&json!({}));
        let first = desk.assigner.patch(200, &path, "\"1\"", &json!({ "due_on": "2026-12-10" }));
        assert_eq!((&first.body["due_on"], &first.body["first_due_on"]), (&json!("2026-12-10"), &json!("2026-12-10")));
        for other in [json!("2026-12-11"), Value::Null] {
            assert_eq!(desk.assigner.patch(422, &path, "\"2\"", &json!({ "due_on": other })).problem(), "due-date-fixed");
        }
        let later = json!({ "new_due_on": "2026-12-20", "reason": "chờ hướng dẫn", "approved_by": "Phó Chủ tịch" });
        desk.assigner.post(201, &format!("{path}/deadline-changes"), &later);
        for same in ["2026-12-10", "2026-12-20"] {
            let kept = desk.assigner.patch(200, &path, "\"3\"", &json!({ "due_on": same }));
            assert_eq!((kept.etag(), &kept.body["due_on"]), ("\"3\"", &json!("2026-12-20")), "{same}");
        }
        assert_eq!(desk.get(&path)["first_due_on"], "2026-12-10");
    }

    fn a_source_resends_the_first_due_date_or_none(api: &Api) {
        let platform = api.client_of("LC", ASSIGN, Some("qlvb"));
        let later = json!({ "new_due_on": "2027-01-20", "reason": "chờ hướng dẫn", "approved_by": "Phó Chủ tịch" });
        let dated = json!({ "title": "x", "lead": "LC-TTR", "due_on": "2026-12-10" });
        let undated = json!({ "title": "x", "lead": "LC-TTR" });
        let with = platform.put(201, "/v1/tasks/by-key/qlvb/with", &dated);
        let without = platform.put(201, "/v1/tasks/by-key/qlvb/without", &undated);
        for made in [&with, &without] {
            platform.post(201, &format!("{}/deadline-changes", made.header("location")), &later);
        }
        for (key, body) in [("with", &dated), ("without", &undated)] {
            let again = platform.put(200, &format!("/v1/tasks/by-key/qlvb/{key}"), body);
            assert_eq!((again.etag(), &again.body["due_on"]), ("\"2\"", &json!("2027-01-20")), "{key}");
        }
        assert_eq!(platform.put(422, "/v1/tasks/by-key/qlvb/with", &undated).problem(), "due-date-fixed");
        let moved = json!({ "title": "x", "lead": "LC-TTR", "due_on": "2026-12-11" });
        assert_eq!(platform.put(422, "/v1/tasks/by-key/qlvb/with", &moved).problem(), "due-date-fixed");
    }

    fn a_change_of_a_task_needs_the_current_etag(api: &Api) {
        let desk = Desk::of(api);
        let path = desk.task(&json!({ "description": "cũ" }));
        assert_eq!(desk.assigner.send(428, "PATCH", &path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        assert_eq!(desk.assigner.patch(200, &path, "\"1\"", &json!({ "title": "Số hóa hồ sơ, tài liệu" })).etag(), "\"1\"");
        let changed = desk.assigner.patch(200, &path, "\"1\"", &json!({ "description": null, "lead": "LC-TTR-NV", "priority": "urgent" }));
        assert_eq!((changed.etag(), &changed.body["description"], &changed.body["lead"]), ("\"2\"", &Value::Null, &json!("LC-TTR-NV")));
        let stale = desk.assigner.patch(412, &path, "\"1\"", &json!({ "title": "z" }));
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
        assert_eq!(desk.assigner.patch(422, &path, "\"2\"", &json!({ "state": "completed" })).codes(), ["unknown-field"]);
        assert_eq!(desk.assigner.patch(422, &path, "\"2\"", &json!({ "lead": "XX-A" })).codes(), ["unknown-organization"]);
        let history = desk.assigner.get(200, &format!("{path}/history"));
        let contents: Vec<_> = items(&history).iter().map(|item| item["content"]["description"].clone()).collect();
        assert_eq!(contents, [json!("cũ"), Value::Null]);
        assert_eq!(history.body["items"][0]["type"], "task.created");
        assert_gapless(&desk.assigner, &path);
    }

    fn of_forty_changes_with_one_etag_one_wins(api: &Api) {
        let desk = Desk::of(api);
        let path = desk.task(&json!({}));
        let statuses = at_once(40, |n| {
            let body = json!({ "title": format!("lần {n}") }).to_string().into_bytes();
            raw(&desk.assigner, "PATCH", &path, &[("If-Match", "\"1\"")], body)
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 39, "{statuses:?}");
        assert_eq!(desk.get(&path)["version"], 2);
        assert_gapless(&desk.assigner, &path);
    }

    fn a_list_holds_what_its_filter_says(api: &Api) {
        let desk = Desk::of(api);
        let plan = document(api, "LC");
        let id = |path: String| path.rsplit('/').next().unwrap().to_owned();
        let one = id(desk.task(&json!({ "document": plan, "group": "A", "due_on": "2026-12-01", "title": "Báo cáo tiến độ 100%" })));
        let two = id(desk.task(&json!({ "document": plan, "group": "B", "due_on": "2026-12-02", "description": "chuyển Đổi số" })));
        let three = id(desk.task(&json!({ "lead": "LC-SKHCN", "group": "A", "code": "N1_02" })));
        api.wait_seconds(60);
        desk.walk(&format!("/v1/tasks/{two}"), &["accepted"]);
        for (filter, expected) in [
            ("", vec![&one, &two, &three]), ("lead=LC-SKHCN", vec![&three]), ("lead=XX", vec![]), ("under=LC-TTR", vec![&one, &two]),
            ("under=LC", vec![&one, &two, &three]), ("under=LC-TTR&lead=LC-SKHCN", vec![]), ("group=A", vec![&one, &three]),
            ("state=accepted", vec![&two]), ("due_before=2026-12-02", vec![&one]), ("due_before=2026-12-03", vec![&one, &two]),
            ("updated_since=2026-11-23T02:00:30Z", vec![&two]), ("updated_since=2026-11-23T02:00:00Z", vec![&one, &two, &three]),
            ("timeliness=no_deadline", vec![&three]), ("q=tien+do", vec![&one]), ("q=CHUY%E1%BB%82N+doi", vec![&two]), ("q=%25", vec![&one]),
            ("q=n1_02", vec![&three]), ("q=_", vec![&three]), ("q=%5C", vec![]), (&*format!("document={plan}"), vec![&one, &two]),
        ] {
            let list = desk.assigner.get(200, &format!("/v1/tasks?count=exact&{filter}"));
            assert_eq!(ids(&list).iter().collect::<Vec<_>>(), expected, "{filter}");
            assert_eq!(list.body["total"], expected.len(), "{filter}");
        }
        for bad in ["state=done", "due_before=2026-13-01", "updated_since=yesterday", "document=x", "colour=red", "state=", "q="] {
            assert_eq!(desk.assigner.get(400, &format!("/v1/tasks?{bad}")).problem(), "invalid-parameter", "{bad}");
        }
        desk.assigner.get(404, "/v1/tasks?under=XX");
    }

    fn pages_of_tasks_follow_each_other(api: &Api) {
        let desk = Desk::of(api);
        let made: Vec<_> = (0..5).map(|_| desk.task(&json!({})).rsplit('/').next().unwrap().to_owned()).collect();
        let (mut seen, mut path) = (Vec::new(), "/v1/tasks?limit=2&under=LC-TTR".to_owned());
        loop {
            let page = desk.assigner.get(200, &path);
            seen.extend(ids(&page));
            let Some(link) = page.headers.get("link") else { break };
            link.to_str().unwrap().split(['<', '>']).nth(1).unwrap().clone_into(&mut path);
        }
        assert_eq!(seen, made);
        let cursor = desk.assigner.get(200, "/v1/tasks?limit=2").body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(desk.assigner.get(400, &format!("/v1/tasks?state=assigned&cursor={cursor}")).problem(), "invalid-cursor");
    }

    fn a_list_comes_as_csv_and_ndjson_too(api: &Api) {
        let desk = Desk::of(api);
        desk.task(&json!({ "title": "Số hóa, \"bước 1\"", "coordinators": ["LC-TTR-NV"], "planned_vnd": 7 }));
        desk.task(&json!({}));
        let csv = desk.assigner.send(200, "GET", "/v1/tasks?limit=1", &[("Accept", "text/csv")], None);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("link").contains("rel=\"next\""));
        let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
        let task = desk.assigner.get(200, "/v1/tasks").body["items"][0].clone();
        let columns: BTreeSet<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(columns, task.as_object().unwrap().keys().cloned().collect());
        let rows: Vec<std::collections::BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!((&*rows[0]["title"], &*rows[0]["coordinators"]), ("Số hóa, \"bước 1\"", "[\"LC-TTR-NV\"]"));
        assert_eq!((&*rows[0]["planned_vnd"], &*rows[0]["due_on"], &*rows[0]["percent"]), ("7", "", "0"));
        let lines = desk.assigner.send(200, "GET", "/v1/tasks", &[("Accept", "application/x-ndjson")], None);
        assert_eq!(serde_json::from_str::<Value>(lines.text.lines().next().unwrap()).unwrap(), task);
        assert_eq!(desk.assigner.send(406, "GET", "/v1/tasks", &[("Accept", "image/png")], None).problem(), "not-acceptable");
    }

    fn a_repeated_assignment_gets_the_first_answer(api: &Api) {
        let desk = Desk::of(api);
        let body = json!({ "title": "x", "lead": "LC-TTR" }).to_string().into_bytes();
        let key = [("Idempotency-Key", "k-1")];
        let first = desk.assigner.send(201, "POST", "/v1/tasks", &key, Some(body.clone()));
        let again = desk.assigner.send(201, "POST", "/v1/tasks", &key, Some(body));
        assert_eq!((first.text, first.headers["location"].clone()), (again.text.clone(), again.headers["location"].clone()));
        assert_eq!(desk.assigner.get(200, "/v1/tasks?count=exact").body["total"], 1);
    }
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap().to_ascii_uppercase()
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
