use serde_json::{Value, json};

use crate::{
    fixtures,
    harness::{Api, Client, Database},
    on_both,
    task_fixture::{ASSIGN, Desk, document, items, text},
};

const VERDICTS: [&str; 6] = ["no_deadline", "on_time", "due_soon", "overdue", "done_on_time", "done_late"];

/// Tasks in every state, due on days around 24 November 2026, handed in on days around it.
fn fill(api: &Api) {
    let task_fixture = Desk::of(api);
    let ways: [&[&str]; 8] = [
        &[],
        &["accepted"],
        &["returned"],
        &["accepted", "in_progress"],
        &["accepted", "suspended"],
        &["cancelled"],
        &["accepted", "in_progress", "awaiting_confirmation"],
        &["accepted", "in_progress", "awaiting_confirmation", "completed"],
    ];
    let mut made = Vec::new();
    for due in [
        None,
        Some("2026-11-22"),
        Some("2026-11-23"),
        Some("2026-11-24"),
        Some("2026-11-25"),
        Some("2026-11-27"),
        Some("2026-11-29"),
        Some("2026-12-02"),
        Some("2026-12-31"),
    ] {
        for way in ways {
            made.push((task_fixture.task(&json!({ "due_on": due })), way));
        }
    }
    api.set_time("2026-11-24T03:00:00Z");
    let task_fixture = Desk::of(api);
    for (path, way) in made {
        task_fixture.walk(&path, way);
    }
}

/// The verdicts of all tasks, one by one; the list of each verdict and the summary must say the same.
fn verdicts(client: &Client) -> Vec<(String, String)> {
    let all = items(&client.get(200, "/v1/tasks?limit=500"));
    let summary = client.get(200, "/v1/tasks/summary?by=timeliness");
    assert_eq!(summary.body["total"], all.len());
    for (at, verdict) in VERDICTS.iter().enumerate() {
        let expected: Vec<_> =
            all.iter().filter(|task| task["timeliness"] == **verdict).map(|task| task["id"].clone()).collect();
        let list = client.get(200, &format!("/v1/tasks?limit=500&count=exact&timeliness={verdict}"));
        let found: Vec<_> = items(&list).iter().map(|task| task["id"].clone()).collect();
        assert_eq!(found, expected, "{verdict}");
        assert_eq!(list.body["total"], expected.len());
        assert_eq!(summary.body["items"][at], json!({ "key": verdict, "count": expected.len() }));
    }
    all.iter().map(|task| (text(&task["id"]).to_owned(), text(&task["timeliness"]).to_owned())).collect()
}

on_both! {
    fn the_filter_and_the_verdict_agree_on_every_day(api: &Api) {
        fill(api);
        let mut before = None;
        for offset in 0..13 {
            let day = fixtures::day("2026-11-24").plus(offset);
            // The last second of the day before in Ho Chi Minh City, the first of this day, and its last.
            for time in ["16:59:59", "17:00:00"] {
                let utc = day.pred_opt().unwrap();
                api.set_time(&format!("{utc}T{time}Z"));
                let found = verdicts(&api.client("LC", ASSIGN));
                if time == "16:59:59" && let Some(before) = &before {
                    assert_eq!(&found, before, "nothing changes within a day: {utc}");
                }
                before = Some(found);
            }
        }
    }

    fn a_day_begins_in_ho_chi_minh_city(api: &Api) {
        let task_fixture = Desk::of(api);
        let path = task_fixture.task(&json!({ "due_on": "2026-11-28" }));
        for (time, expected) in [
            ("2026-11-24T16:59:59Z", "on_time"), ("2026-11-24T17:00:00Z", "due_soon"), ("2026-11-28T16:59:59Z", "due_soon"),
            ("2026-11-28T17:00:00Z", "overdue"),
        ] {
            api.set_time(time);
            assert_eq!(api.client("LC", ASSIGN).get(200, &path).body["timeliness"], expected, "{time}");
        }
    }

    fn a_summary_counts_each_task_once(api: &Api) {
        let task_fixture = Desk::of(api);
        let plan = document(api, "LC");
        task_fixture.task(&json!({ "group": "B", "document": plan }));
        task_fixture.task(&json!({ "group": "A" }));
        let path = task_fixture.task(&json!({ "lead": "LC-SKHCN", "group": "A", "document": plan }));
        task_fixture.walk(&path, &[]);
        task_fixture.task(&json!({ "due_on": "2026-11-23" }));
        let counts = |query: &str| -> Vec<(Value, i64)> {
            let summary = task_fixture.assigner.get(200, &format!("/v1/tasks/summary?{query}"));
            assert_eq!(summary.body["as_of"], "2026-11-23");
            let counts: Vec<_> = items(&summary).iter().map(|item| (item["key"].clone(), item["count"].as_i64().unwrap())).collect();
            assert_eq!(summary.body["total"], counts.iter().map(|(_, count)| count).sum::<i64>());
            counts
        };
        assert_eq!(counts("by=lead"), [(json!("LC-SKHCN"), 1), (json!("LC-TTR-VP"), 3)]);
        assert_eq!(counts("by=group"), [(json!("A"), 2), (json!("B"), 1), (Value::Null, 1)]);
        assert_eq!(counts("by=document"), [(json!(plan), 2), (Value::Null, 2)]);
        assert_eq!(counts("by=lead&under=LC-TTR"), [(json!("LC-TTR-VP"), 3)]);
        assert_eq!(counts(&format!("by=group&document={plan}&lead=LC-TTR-VP")), [(json!("B"), 1)]);
        let states = counts("by=state");
        assert_eq!((states.len(), &states[0]), (8, &(json!("assigned"), 4)));
        let verdicts = counts("by=timeliness");
        assert_eq!(verdicts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [3, 0, 1, 0, 0, 0]);
        for bad in ["", "by=colour", "by=state&state=assigned", "by=state&by=lead"] {
            task_fixture.assigner.get(400, &format!("/v1/tasks/summary?{bad}"));
        }
    }
}

#[test]
fn how_soon_is_soon_is_a_setting() {
    let api = Api::with(&Database::sqlite(), |settings| settings.due_soon_days = 0);
    let task_fixture = Desk::of(&api);
    let (today, tomorrow) =
        (task_fixture.task(&json!({ "due_on": "2026-11-23" })), task_fixture.task(&json!({ "due_on": "2026-11-24" })));
    assert_eq!(task_fixture.get(&today)["timeliness"], "due_soon");
    assert_eq!(task_fixture.get(&tomorrow)["timeliness"], "on_time");
    verdicts(&task_fixture.assigner);
}
