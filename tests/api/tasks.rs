use serde_json::{Value, json};

use crate::{
    on_both,
    task_fixture::{ASSIGN, Desk, assert_gapless, at_once, document, indicator, items, raw, text},
};

on_both! {
    fn a_task_is_assigned_and_read_back(api: &Api) {
        let task_fixture = Desk::of(api);
        let plan = document(api, "LC");
        indicator(api, "LC", "CT01");
        let whole = task_fixture.task(&json!({}));
        let body = json!({
            "code": "N5.04", "title": "Số hóa quy trình nghiệp vụ", "description": "Số hóa\nhồ sơ", "document": plan,
            "clause": "III.5 đoạn 2", "group": "5. Chuyển đổi số", "parent": whole.rsplit('/').next().unwrap(),
            "lead": "LC-TTR-VP", "coordinators": ["LC-TTR-NV"], "leader": { "name": "Nguyễn Văn A", "position": "Chánh Thanh tra" },
            "assigned_on": "2026-11-01", "start_on": "2026-11-02", "due_on": "2026-12-31", "recurrence": "annual",
            "deliverable": "Kho hồ sơ số", "planned_vnd": 250_000_000, "priority": "high", "indicators": ["CT01"],
        });
        let made = task_fixture.assigner.post(201, "/v1/tasks", &body);
        let path = made.header("location");
        let read = task_fixture.lead.get(200, path);
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
        task_fixture.lead.send(304, "GET", path, &[("If-None-Match", "\"1\"")], None);
        let bare = task_fixture.get(&whole);
        assert_eq!((&bare["recurrence"], &bare["priority"], &bare["coordinators"]), (&json!("none"), &json!("normal"), &json!([])));
    }

    fn a_create_carries_no_progress(api: &Api) {
        let task_fixture = Desk::of(api);
        for (field, value) in [
            ("state", json!("completed")), ("percent", json!("50")), ("spent_vnd", json!(1)), ("results", json!("x")),
            ("completed_on", json!("2026-11-01")), ("first_due_on", json!("2026-11-01")), ("superseded_by", Value::Null), ("id", Value::Null),
        ] {
            let mut body = json!({ "title": "x", "lead": "LC-TTR" });
            body[field] = value;
            let refused = task_fixture.assigner.post(422, "/v1/tasks", &body);
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
            ("due_on", json!("+12026-01-01"), "invalid-value"), ("due_on", json!("2026-02-30"), "invalid-value"),
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
        let task_fixture = Desk::of(api);
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let top = task_fixture.task(&json!({}));
        let middle = task_fixture.task(&json!({ "parent": id(&top) }));
        let leaf = task_fixture.task(&json!({ "parent": id(&middle) }));
        for below in [&top, &middle, &leaf] {
            assert_eq!(task_fixture.assigner.patch(422, &top, "\"1\"", &json!({ "parent": id(below) })).codes(), ["cycle"]);
        }
        task_fixture.assigner.patch(200, &leaf, "\"1\"", &json!({ "parent": id(&top) }));
        task_fixture.assigner.patch(200, &leaf, "\"2\"", &json!({ "parent": null }));
    }

    fn two_moves_at_once_close_no_circle(api: &Api) {
        let task_fixture = Desk::of(api);
        let tasks: Vec<_> = (0..6).map(|_| task_fixture.task(&json!({}))).collect();
        let statuses = at_once(6, |n| {
            let parent = tasks[(n + 1) % 6].rsplit('/').next().unwrap();
            let body = json!({ "parent": parent }).to_string().into_bytes();
            raw(&task_fixture.assigner, "PATCH", &tasks[n], &[("If-Match", "\"1\"")], body)
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 1, "{statuses:?}");
    }

    fn another_tree_sees_nothing(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
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
        task_fixture.assigner.get(404, "/v1/tasks/018f0000-0000-7000-8000-000000000000");
        task_fixture.assigner.get(404, "/v1/tasks/khong-phai-id");
        assert_eq!(api.stranger().get(401, &path).problem(), "token-missing");
        assert_eq!(task_fixture.lead.post(403, "/v1/tasks", &json!({ "title": "x", "lead": "LC-TTR" })).problem(), "scope-missing");
        assert_eq!(task_fixture.assigner.post(403, &format!("{path}/progress-updates"), &json!({})).problem(), "scope-missing");
        assert_eq!(task_fixture.lead.post(403, &format!("{path}/deadline-changes"), &later).problem(), "scope-missing");
        let reader = api.client("LC", "tasks:read");
        assert_eq!(reader.post(403, &format!("{path}/transitions"), &json!({ "to": "accepted" })).problem(), "scope-missing");
        assert_eq!(task_fixture.get(&path)["version"], 1);
    }

    fn a_due_date_once_given_stays(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        let first = task_fixture.assigner.patch(200, &path, "\"1\"", &json!({ "due_on": "2026-12-10" }));
        assert_eq!((&first.body["due_on"], &first.body["first_due_on"]), (&json!("2026-12-10"), &json!("2026-12-10")));
        for other in [json!("2026-12-11"), Value::Null] {
            assert_eq!(task_fixture.assigner.patch(422, &path, "\"2\"", &json!({ "due_on": other })).problem(), "due-date-fixed");
        }
        let later = json!({ "new_due_on": "2026-12-20", "reason": "chờ hướng dẫn", "approved_by": "Phó Chủ tịch" });
        task_fixture.assigner.post(201, &format!("{path}/deadline-changes"), &later);
        for same in ["2026-12-10", "2026-12-20"] {
            let kept = task_fixture.assigner.patch(200, &path, "\"3\"", &json!({ "due_on": same }));
            assert_eq!((kept.etag(), &kept.body["due_on"]), ("\"3\"", &json!("2026-12-20")), "{same}");
        }
        assert_eq!(task_fixture.get(&path)["first_due_on"], "2026-12-10");
    }

    fn a_change_of_a_task_needs_the_current_etag(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "description": "cũ" }));
        assert_eq!(task_fixture.assigner.send(428, "PATCH", &path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        assert_eq!(task_fixture.assigner.patch(200, &path, "\"1\"", &json!({ "title": "Số hóa hồ sơ, tài liệu" })).etag(), "\"1\"");
        let changed = task_fixture.assigner.patch(200, &path, "\"1\"", &json!({ "description": null, "lead": "LC-TTR-NV", "priority": "urgent" }));
        assert_eq!((changed.etag(), &changed.body["description"], &changed.body["lead"]), ("\"2\"", &Value::Null, &json!("LC-TTR-NV")));
        let stale = task_fixture.assigner.patch(412, &path, "\"1\"", &json!({ "title": "z" }));
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
        assert_eq!(task_fixture.assigner.patch(422, &path, "\"2\"", &json!({ "state": "completed" })).codes(), ["unknown-field"]);
        assert_eq!(task_fixture.assigner.patch(422, &path, "\"2\"", &json!({ "lead": "XX-A" })).codes(), ["unknown-organization"]);
        let history = task_fixture.assigner.get(200, &format!("{path}/history"));
        let contents: Vec<_> = items(&history).iter().map(|item| item["content"]["description"].clone()).collect();
        assert_eq!(contents, [json!("cũ"), Value::Null]);
        assert_eq!(history.body["items"][0]["type"], "task.created");
        assert_gapless(&task_fixture.assigner, &path);
    }

    fn of_forty_changes_with_one_etag_one_wins(api: &Api) {
        let task_fixture = Desk::of(api);
        // Some rounds, since two that do not meet prove nothing.
        for _ in 0..6 {
            let path = task_fixture.task(&json!({}));
            let statuses = at_once(40, |n| {
                let body = json!({ "title": format!("lần {n}") }).to_string().into_bytes();
                raw(&task_fixture.assigner, "PATCH", &path, &[("If-Match", "\"1\"")], body)
            });
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 39, "{statuses:?}");
            assert_eq!(task_fixture.get(&path)["version"], 2);
            assert_gapless(&task_fixture.assigner, &path);
        }
    }

    fn a_repeated_assignment_gets_the_first_answer(api: &Api) {
        let task_fixture = Desk::of(api);
        let body = json!({ "title": "x", "lead": "LC-TTR" }).to_string().into_bytes();
        let key = [("Idempotency-Key", "k-1")];
        let first = task_fixture.assigner.send(201, "POST", "/v1/tasks", &key, Some(body.clone()));
        let again = task_fixture.assigner.send(201, "POST", "/v1/tasks", &key, Some(body));
        assert_eq!((first.text, first.headers["location"].clone()), (again.text.clone(), again.headers["location"].clone()));
        assert_eq!(task_fixture.assigner.get(200, "/v1/tasks?count=exact").body["total"], 1);
    }

    fn a_closed_task_is_not_rewritten(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        task_fixture.walk(&path, &["accepted", "in_progress", "awaiting_confirmation", "completed"]);
        let refused = task_fixture.assigner.patch(422, &path, "*", &json!({ "title": "khác" }));
        assert_eq!(refused.problem(), "task-closed");
        let null = task_fixture.assigner.patch(422, &task_fixture.task(&json!({})), "*", &json!({ "title": null }));
        assert_eq!(null.body["errors"][0]["pointer"], "#/title");
    }

    fn the_log_of_a_task_keeps_its_order_when_a_clock_goes_back(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        task_fixture.assigner.patch(200, &path, "*", &json!({ "title": "một" }));
        api.wait_seconds(-30);
        task_fixture.assigner.patch(200, &path, "*", &json!({ "title": "hai" }));
        let history = task_fixture.get(&format!("{path}/history"));
        let times: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| item["recorded_at"].as_str().unwrap()).collect();
        assert!(times.is_sorted() && times.len() == 3, "{times:?}");
    }
}
