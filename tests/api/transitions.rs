use serde_json::{Value, json};

use crate::{
    on_both,
    task_fixture::{ASSIGN, Desk, PROGRESS, assert_gapless, items, text},
};

/// A way from `assigned` to every state.
const WAYS: &[(&str, &[&str])] = &[
    ("assigned", &[]),
    ("accepted", &["accepted"]),
    ("returned", &["returned"]),
    ("in_progress", &["accepted", "in_progress"]),
    ("suspended", &["accepted", "suspended"]),
    ("awaiting_confirmation", &["accepted", "in_progress", "awaiting_confirmation"]),
    ("completed", &["accepted", "in_progress", "awaiting_confirmation", "completed"]),
    ("cancelled", &["cancelled"]),
];

/// The contract's table, with the side of each move.
const ASSIGNER: &[(&str, &[&str])] = &[
    ("assigned", &["cancelled"]),
    ("accepted", &["suspended", "cancelled"]),
    ("returned", &["assigned", "cancelled"]),
    ("in_progress", &["suspended", "cancelled"]),
    ("suspended", &["cancelled"]),
    ("awaiting_confirmation", &["completed", "in_progress"]),
    ("completed", &["in_progress"]),
    ("cancelled", &[]),
];
const LEAD: &[(&str, &[&str])] = &[
    ("assigned", &["accepted", "returned"]),
    ("accepted", &["in_progress", "suspended"]),
    ("returned", &[]),
    ("in_progress", &["awaiting_confirmation", "suspended"]),
    ("suspended", &["in_progress"]),
    ("awaiting_confirmation", &[]),
    ("completed", &[]),
    ("cancelled", &[]),
];

on_both! {
    fn each_side_makes_its_own_moves_and_no_other(api: &Api) {
        let task_fixture = Desk::of(api);
        for (state, way) in WAYS {
            for (client, table) in [(&task_fixture.assigner, ASSIGNER), (&task_fixture.lead, LEAD)] {
                let allowed = table.iter().find(|(from, _)| from == state).unwrap().1;
                let path = task_fixture.task(&json!({}));
                task_fixture.walk(&path, way);
                let moves = client.get(200, &format!("{path}/transitions"));
                let offered: Vec<_> = items(&moves).iter().map(|each| text(&each["to"]).to_owned()).collect();
                assert_eq!((&moves.body["state"], offered), (&json!(state), allowed.iter().map(|to| (*to).to_owned()).collect()));
                for (to, _) in WAYS {
                    let body = json!({ "to": to, "reason": "vì" });
                    if allowed.contains(to) {
                        let other = task_fixture.task(&json!({}));
                        task_fixture.walk(&other, way);
                        assert_eq!(client.post(200, &format!("{other}/transitions"), &body).body["state"], **to, "{state}");
                    } else {
                        let refused = client.post(422, &format!("{path}/transitions"), &body);
                        assert_eq!(refused.problem(), "transition-not-allowed");
                        assert!(allowed.iter().all(|to| text(&refused.body["detail"]).contains(to)), "{}", refused.text);
                    }
                }
            }
        }
    }

    fn a_reader_is_offered_no_move(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        assert_eq!(api.client("LC", "tasks:read").get(200, &format!("{path}/transitions")).body["items"], json!([]));
        let both = api.client("LC", "tasks:read tasks:assign tasks:progress");
        assert_eq!(both.get(200, &format!("{path}/transitions")).body["items"], json!([
            { "to": "accepted", "needs_reason": false }, { "to": "returned", "needs_reason": true },
            { "to": "cancelled", "needs_reason": false },
        ]));
    }

    fn sending_back_and_reopening_need_a_reason(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        let moves = format!("{path}/transitions");
        let refused = task_fixture.lead.post(422, &moves, &json!({ "to": "returned" }));
        assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec!["required"], &json!("#/reason")));
        assert_eq!(task_fixture.lead.post(422, &moves, &json!({ "to": "returned", "reason": " " })).codes(), ["invalid-value"]);
        task_fixture.walk(&path, &["accepted", "in_progress", "awaiting_confirmation", "completed"]);
        assert_eq!(task_fixture.assigner.post(422, &moves, &json!({ "to": "in_progress" })).codes(), ["required"]);
        task_fixture.assigner.post(200, &moves, &json!({ "to": "in_progress", "reason": "chưa đủ hồ sơ" }));
    }

    fn the_day_of_handing_in_is_the_day_of_completion(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "due_on": "2026-11-24" }));
        task_fixture.walk(&path, &["accepted", "in_progress"]);
        // Half past eleven in the evening of the 24th in Ho Chi Minh City.
        api.set_time("2026-11-24T16:30:00Z");
        let task_fixture = Desk::of(api);
        task_fixture.walk(&path, &["awaiting_confirmation"]);
        let waiting = task_fixture.get(&path);
        assert_eq!((&waiting["completed_on"], &waiting["percent"]), (&json!("2026-11-24"), &json!("0")));
        // The next day, there and not yet in UTC.
        api.set_time("2026-11-24T17:30:00Z");
        let task_fixture = Desk::of(api);
        assert_eq!(task_fixture.get(&path)["timeliness"], "on_time");
        task_fixture.walk(&path, &["completed"]);
        let done = task_fixture.get(&path);
        assert_eq!((&done["completed_on"], &done["percent"], &done["timeliness"]), (&json!("2026-11-24"), &json!("100"), &json!("done_on_time")));
        let again = json!({ "to": "in_progress", "reason": "chưa đủ" });
        let reopened = task_fixture.assigner.post(200, &format!("{path}/transitions"), &again);
        assert_eq!((&reopened.body["completed_on"], &reopened.body["timeliness"]), (&Value::Null, &json!("overdue")));
        task_fixture.walk(&path, &["awaiting_confirmation", "completed"]);
        let late = task_fixture.get(&path);
        assert_eq!((&late["completed_on"], &late["timeliness"]), (&json!("2026-11-25"), &json!("done_late")));
    }

    fn what_was_said_with_a_move_stays_in_the_history(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        let proof = json!({ "title": "Tờ trình", "url": "https://a.vn/1", "sha256": "a".repeat(64) });
        let body = json!({ "to": "returned", "reason": "không đúng chức năng", "evidence": [proof] });
        let moved = task_fixture.lead.post(200, &format!("{path}/transitions"), &body);
        assert_eq!((moved.etag(), &moved.body["state"]), ("\"2\"", &json!("returned")));
        let history = task_fixture.lead.get(200, &format!("{path}/history"));
        assert_eq!(history.body["items"][0]["detail"], Value::Null);
        assert_eq!(history.body["items"][1]["detail"], json!({
            "from": "assigned", "to": "returned", "reason": "không đúng chức năng", "evidence": [proof],
        }));
        assert_eq!(history.body["items"][1]["content"]["state"], "returned");
        let bad = json!({ "to": "assigned", "evidence": [{ "title": "x", "url": "javascript:1" }, { "title": "x", "url": "https://a", "sha256": "1" }] });
        let refused = task_fixture.assigner.post(422, &format!("{path}/transitions"), &bad);
        let pointers: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|error| text(&error["pointer"])).collect();
        assert_eq!(pointers, ["#/evidence/0/url", "#/evidence/1/sha256"]);
        assert_gapless(&task_fixture.lead, &path);
    }

    fn of_two_sides_moving_at_once_one_wins(api: &Api) {
        let (assigner, lead) = (api.client("LC", ASSIGN), api.client("LC-TTR", PROGRESS));
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({}));
        let moves = format!("{path}/transitions");
        let statuses = crate::task_fixture::at_once(8, |n| {
            let (client, to) = if n % 2 == 0 { (&assigner, "cancelled") } else { (&lead, "returned") };
            crate::task_fixture::raw(client, "POST", &moves, &[], json!({ "to": to, "reason": "vì" }).to_string().into_bytes())
        });
        // A task returned first may still be called off; one called off stays so.
        let won = statuses.iter().filter(|status| **status == 200).count();
        assert!(matches!(won, 1 | 2) && statuses.iter().all(|status| matches!(status, 200 | 422)), "{statuses:?}");
        assert_eq!(task_fixture.get(&path)["state"], "cancelled");
        assert_gapless(&task_fixture.lead, &path);
    }
}
