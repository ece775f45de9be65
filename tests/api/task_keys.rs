use serde_json::json;

use crate::{
    on_both,
    task_fixture::{ASSIGN, Desk, assert_gapless, at_once, raw},
};

on_both! {
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
        let task_fixture = Desk { assigner: api.client_of("LC", ASSIGN, Some("qlvb")), ..Desk::of(api) };
        let body = json!({ "title": "x", "lead": "LC-TTR" });
        let path = task_fixture.assigner.put(201, "/v1/tasks/by-key/qlvb/k", &body).header("location").to_owned();
        task_fixture.walk(&path, &["accepted", "in_progress"]);
        task_fixture.lead.post(201, &format!("{path}/progress-updates"), &json!({ "as_of": "2026-11-20", "percent": "40", "results": "một phần" }));
        let put = task_fixture.assigner.put(200, "/v1/tasks/by-key/qlvb/k", &json!({ "title": "y", "lead": "LC-TTR" }));
        assert_eq!((&put.body["state"], &put.body["percent"], &put.body["results"]), (&json!("in_progress"), &json!("40"), &json!("một phần")));
    }

    fn one_of_many_puts_of_a_new_key_creates(api: &Api) {
        let platform = api.client_of("LC", ASSIGN, Some("qlvb"));
        let body = json!({ "title": "x", "lead": "LC-TTR" }).to_string().into_bytes();
        // Some rounds, since two that do not meet prove nothing.
        for round in 0..12 {
            let path = format!("/v1/tasks/by-key/qlvb/k{round}");
            let statuses = at_once(16, |_| raw(&platform, "PUT", &path, &[], body.clone()));
            assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 15, "{statuses:?}");
            assert_eq!(platform.get(200, &path).body["version"], 1);
        }
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
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap().to_ascii_uppercase()
}
