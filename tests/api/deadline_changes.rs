use serde_json::{Value, json};

use crate::{
    on_both,
    task_fixture::{Desk, assert_gapless, document, items, text},
};

on_both! {
    fn the_first_due_date_is_kept(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "due_on": "2026-11-20" }));
        let moves = format!("{path}/deadline-changes");
        assert_eq!(task_fixture.get(&path)["timeliness"], "overdue");
        let paper = document(api, "LC");
        let first = task_fixture.assigner.post(201, &moves, &json!({
            "new_due_on": "2026-12-20", "reason": "chờ hướng dẫn", "approved_by": "Phó Chủ tịch UBND tỉnh", "document": paper,
        }));
        assert_eq!((&first.body["old_due_on"], &first.body["new_due_on"], &first.body["document"]), (&json!("2026-11-20"), &json!("2026-12-20"), &json!(paper)));
        task_fixture.assigner.post(201, &moves, &json!({ "new_due_on": "2026-12-10", "reason": "làm sớm", "approved_by": "A" }));
        let task = task_fixture.get(&path);
        assert_eq!(
            (&task["due_on"], &task["first_due_on"], &task["timeliness"], &task["version"]),
            (&json!("2026-12-10"), &json!("2026-11-20"), &json!("on_time"), &json!(3)),
        );
        assert_eq!(task_fixture.lead.get(200, first.header("location")).body["items"][0], first.body);
        let list = task_fixture.lead.get(200, &format!("{moves}?limit=1&count=exact"));
        assert_eq!((&list.body["items"][0], &list.body["total"]), (&first.body, &json!(2)));
        let next = task_fixture.lead.get(200, &format!("{moves}?limit=1&cursor={}", text(&list.body["next_cursor"])));
        assert_eq!(items(&next)[0]["old_due_on"], "2026-12-20");
        assert_gapless(&task_fixture.lead, &path);
    }

    fn a_task_without_a_due_date_gets_its_first(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        let body = json!({ "new_due_on": "2026-12-20", "reason": "giao thời hạn", "approved_by": "A" });
        assert_eq!(task_fixture.assigner.post(201, &format!("{path}/deadline-changes"), &body).body["old_due_on"], Value::Null);
        assert_eq!(task_fixture.get(&path)["first_due_on"], "2026-12-20");
    }

    fn a_move_says_why_and_who_approved_it(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "start_on": "2026-11-10", "due_on": "2026-11-30" }));
        let moves = format!("{path}/deadline-changes");
        let foreign = document(api, "XX");
        for (field, value, code) in [
            ("reason", Value::Null, "wrong-type"), ("approved_by", json!(""), "invalid-value"), ("new_due_on", json!("2026-11-30"), "unchanged"),
            ("new_due_on", json!("2026-11-09"), "before-start-on"), ("new_due_on", json!("2999-01-01"), "invalid-value"),
            ("document", json!(foreign), "unknown-document"), ("colour", json!("red"), "unknown-field"),
        ] {
            let mut body = json!({ "new_due_on": "2026-12-20", "reason": "x", "approved_by": "y" });
            body[field] = value.clone();
            let refused = task_fixture.assigner.post(422, &moves, &body);
            assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec![code], &json!(format!("#/{field}"))), "{value}");
        }
        assert_eq!(task_fixture.assigner.post(422, &moves, &json!({ "new_due_on": "2026-12-20", "reason": "x" })).codes(), ["required"]);
        assert_eq!(task_fixture.get(&path)["version"], 1);
    }

    fn a_closed_task_keeps_its_due_date(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "due_on": "2026-11-30" }));
        task_fixture.walk(&path, &["cancelled"]);
        let body = json!({ "new_due_on": "2026-12-20", "reason": "x", "approved_by": "y" });
        assert_eq!(task_fixture.assigner.post(422, &format!("{path}/deadline-changes"), &body).problem(), "task-closed");
    }
}
