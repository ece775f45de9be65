use serde_json::{Value, json};

use crate::{
    on_both,
    task_fixture::{Desk, assert_gapless, at_once, items, raw, text},
};

/// A task under way, and where its updates go.
fn under_way(task_fixture: &Desk) -> (String, String) {
    let path = task_fixture.task(&json!({}));
    task_fixture.walk(&path, &["accepted", "in_progress"]);
    (path.clone(), format!("{path}/progress-updates"))
}

on_both! {
    fn a_task_shows_what_was_reported_last(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        let body = json!({
            "as_of": "2026-11-20", "percent": "40.5", "results": "Số hóa 400 hồ sơ", "spent_vnd": 12_000_000, "people": 3,
            "obstacles": "Thiếu máy quét", "proposals": "Cấp thêm 2 máy",
            "evidence": [{ "title": "Biên bản", "url": "https://a.vn/b", "sha256": null }],
        });
        let made = task_fixture.lead.post(201, &updates, &body);
        for (field, sent) in body.as_object().unwrap() {
            assert_eq!(&made.body[field], sent, "{field}");
        }
        assert_eq!((&made.body["nothing_to_report"], &made.body["reason"]), (&json!(false), &Value::Null));
        let task = task_fixture.get(&path);
        assert_eq!((&task["percent"], &task["spent_vnd"], &task["results"]), (&json!("40.5"), &json!(12_000_000), &json!("Số hóa 400 hồ sơ")));
        assert_eq!((&task["state"], &task["version"]), (&json!("in_progress"), &json!(4)));
        task_fixture.lead.post(201, &updates, &json!({ "as_of": "2026-11-21", "percent": "40.5", "nothing_to_report": true }));
        let task = task_fixture.get(&path);
        assert_eq!((&task["spent_vnd"], &task["results"]), (&json!(12_000_000), &json!("Số hóa 400 hồ sơ")));
        assert_eq!(task_fixture.lead.get(200, made.header("location")).body["items"][0], made.body);
        let list = task_fixture.assigner.get(200, &format!("{updates}?count=exact&limit=1"));
        assert_eq!((&list.body["items"][0], &list.body["total"]), (&made.body, &json!(2)));
        let cursor = text(&list.body["next_cursor"]).to_owned();
        let rest = task_fixture.assigner.get(200, &format!("{updates}?limit=1&cursor={cursor}"));
        assert_eq!((items(&rest).len(), &rest.body["items"][0]["nothing_to_report"]), (1, &json!(true)));
        assert_gapless(&task_fixture.lead, &path);
    }

    fn a_state_moves_through_transitions_only(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        task_fixture.walk(&path, &["accepted"]);
        task_fixture.lead.post(201, &format!("{path}/progress-updates"), &json!({ "as_of": "2026-11-20", "percent": "100", "results": "xong" }));
        assert_eq!(task_fixture.get(&path)["state"], "accepted");
    }

    fn a_percentage_falls_only_with_a_reason(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        let update = |day: &str, percent: &str| json!({ "as_of": day, "percent": percent, "results": "x" });
        task_fixture.lead.post(201, &updates, &update("2026-11-20", "50"));
        assert_eq!(task_fixture.lead.post(422, &updates, &update("2026-11-20", "49.9999")).problem(), "percent-fell");
        assert_eq!(task_fixture.lead.post(422, &updates, &update("2026-11-21", "0")).problem(), "percent-fell");
        task_fixture.lead.post(201, &updates, &update("2026-11-21", "50.0000"));
        let mut corrected = update("2026-11-22", "30");
        corrected["reason"] = json!("kiểm đếm lại");
        assert_eq!(task_fixture.lead.post(201, &updates, &corrected).body["reason"], "kiểm đếm lại");
        assert_eq!(task_fixture.get(&path)["percent"], "30");
    }

    fn an_older_update_that_arrives_late_moves_nothing(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        let update = |day: &str, percent: &str| json!({ "as_of": day, "percent": percent, "results": day, "spent_vnd": 5 });
        task_fixture.lead.post(201, &updates, &update("2026-11-20", "50"));
        // Lower than the newer one, as it should be: no fall.
        task_fixture.lead.post(201, &updates, &update("2026-11-10", "20"));
        let task = task_fixture.get(&path);
        assert_eq!((&task["percent"], &task["results"], &task["version"]), (&json!("50"), &json!("2026-11-20"), &json!(4)));
        assert_eq!(task_fixture.lead.post(422, &updates, &update("2026-11-12", "19")).problem(), "percent-fell");
        task_fixture.lead.post(201, &updates, &update("2026-11-05", "5"));
        // Of the same day, the one recorded later counts.
        task_fixture.lead.post(201, &updates, &update("2026-11-20", "60"));
        assert_eq!(task_fixture.get(&path)["percent"], "60");
        assert_eq!(task_fixture.lead.get(200, &format!("{updates}?count=exact")).body["total"], 4);
        assert_gapless(&task_fixture.lead, &path);
    }

    fn an_update_says_what_it_must(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        for (field, value, code) in [
            ("as_of", json!("2026-11-24"), "in-the-future"), ("as_of", json!("0001-01-01"), "invalid-value"),
            ("as_of", Value::Null, "wrong-type"), ("percent", json!(50), "wrong-type"), ("percent", json!("100.0001"), "invalid-value"),
            ("percent", json!("-1"), "invalid-value"), ("results", Value::Null, "required"), ("spent_vnd", json!(-1), "invalid-value"),
            ("people", json!(-1), "invalid-value"), ("colour", json!("red"), "unknown-field"), ("state", json!("completed"), "unknown-field"),
            ("evidence", json!([{ "title": "x", "url": "ftp://a" }]), "invalid-value"),
            ("evidence", json!([{ "title": "x", "url": format!("https://a/{}", "x".repeat(2000)) }]), "invalid-value"),
            ("evidence", json!([{ "title": "x", "url": "https://a", "sha256": "z".repeat(64) }]), "invalid-value"),
            ("evidence", json!([{ "title": "x", "url": "https://a", "x": 1 }]), "unknown-field"),
        ] {
            let mut body = json!({ "as_of": "2026-11-23", "percent": "1", "results": "x" });
            body[field] = value.clone();
            let refused = task_fixture.lead.post(422, &updates, &body);
            assert_eq!(refused.codes(), [code], "{field} {value}");
            assert!(text(&refused.body["errors"][0]["pointer"]).starts_with(&format!("#/{field}")), "{field} {value}");
        }
        assert_eq!(task_fixture.get(&path)["version"], 3);
        // 17:00 UTC is midnight in Ho Chi Minh City.
        let tomorrow = json!({ "as_of": "2026-11-24", "percent": "1", "results": "x" });
        api.set_time("2026-11-23T16:59:59Z");
        Desk::of(api).lead.post(422, &updates, &tomorrow);
        api.set_time("2026-11-23T17:00:00Z");
        Desk::of(api).lead.post(201, &updates, &tomorrow);
    }

    fn a_closed_task_takes_no_update(api: &Api) {
        let task_fixture = Desk::of(api);
        let body = json!({ "as_of": "2026-11-20", "percent": "1", "results": "x" });
        for way in [&["cancelled"][..], &["accepted", "in_progress", "awaiting_confirmation", "completed"]] {
            let path = task_fixture.task(&json!({}));
            task_fixture.walk(&path, way);
            assert_eq!(task_fixture.lead.post(422, &format!("{path}/progress-updates"), &body).problem(), "task-closed");
        }
    }

    fn sixteen_at_once_are_all_recorded(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        let statuses = at_once(16, |n| {
            let body = json!({ "as_of": format!("2026-11-{:02}", 1 + n % 4), "percent": "10", "results": format!("{n}") });
            raw(&task_fixture.lead, "POST", &updates, &[], body.to_string().into_bytes())
        });
        assert_eq!(statuses, [201; 16]);
        let list = task_fixture.lead.get(200, &format!("{updates}?count=exact"));
        assert_eq!(list.body["total"], 16);
        let task = task_fixture.get(&path);
        // Only what moves the task is a version of it; every update has an entry of its own.
        assert!((4..=3 + 16).contains(&task["version"].as_i64().unwrap()), "{task}");
        let newest = items(&list).into_iter().rfind(|update| update["as_of"] == "2026-11-04").unwrap();
        assert_eq!(task["results"], newest["results"]);
        assert_gapless(&task_fixture.lead, &path);
    }

    fn a_repeated_update_is_recorded_once(api: &Api) {
        let task_fixture = Desk::of(api);
        let (path, updates) = under_way(&task_fixture);
        let body = json!({ "as_of": "2026-11-20", "percent": "1", "results": "x" }).to_string().into_bytes();
        let send = || task_fixture.lead.send(201, "POST", &updates, &[("Idempotency-Key", "u-1")], Some(body.clone()));
        assert_eq!(send().text, send().text);
        assert_eq!(task_fixture.get(&path)["version"], 4);
    }
}
