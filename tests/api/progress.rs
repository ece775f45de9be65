use serde_json::{Value, json};

use crate::{
    fixtures::{self, Task, day},
    harness::Api,
    on_both,
};

const READS: &str = "reports:read";

fn task(lead: &'static str, state: &'static str) -> Task {
    Task { lead, state, ..Task::default() }
}

fn insert(api: &Api, tasks: Vec<Task>) {
    fixtures::run(api, async move |db| {
        for task in tasks {
            task.insert(db).await?;
        }
        Ok(())
    });
}

/// The figures without what only says how they were asked for.
fn figures(mut progress: Value) -> Value {
    let body = progress.as_object_mut().unwrap();
    body.remove("as_of");
    body.remove("computed_at");
    progress
}

fn sum(counts: &Value) -> i64 {
    counts.as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum()
}

/// Many tasks of every kind, the same on each run.
fn assorted(count: u64) -> Vec<Task> {
    let states = [
        "assigned",
        "accepted",
        "in_progress",
        "awaiting_confirmation",
        "completed",
        "suspended",
        "returned",
        "cancelled",
    ];
    let leads = ["LC", "LC-TTR", "LC-TTR-VP", "LC-TTR-NV", "LC-SKHCN"];
    let groups = [None, Some("III.1"), Some("III.2")];
    let mut seed = 42_u64;
    let mut number = |most: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 33).unwrap() % most
    };
    let date = |offset: i64| day("2026-10-01").plus(u32::try_from(offset).unwrap());
    (0..count)
        .map(|_| {
            let state = states[usize::try_from(number(8)).unwrap()];
            Task {
                lead: leads[usize::try_from(number(5)).unwrap()],
                state,
                group: groups[usize::try_from(number(3)).unwrap()],
                due_on: (number(4) > 0).then(|| date(number(90))),
                completed_on: matches!(state, "awaiting_confirmation" | "completed").then(|| date(number(50))),
                assigned_on: Some(date(number(40))),
                percent: number(101),
                planned_vnd: (number(2) > 0).then(|| number(1_000_000_000)),
                spent_vnd: (number(2) > 0).then(|| number(1_000_000)),
                ..Task::default()
            }
        })
        .collect()
}

on_both! {
    fn tasks_are_counted_by_state_timeliness_group_and_lead(api: &Api) {
        let due = |text: &str| Some(day(text));
        insert(api, vec![
            Task { due_on: due("2026-11-22"), group: Some("III.1"), percent: 50, planned_vnd: Some(100), ..task("LC-TTR-VP", "in_progress") },
            Task { due_on: due("2026-11-23"), group: Some("III.1"), percent: 20, ..task("LC-TTR-VP", "accepted") },
            Task { due_on: due("2026-11-26"), ..task("LC-TTR-NV", "assigned") },
            Task { due_on: due("2026-11-27"), spent_vnd: Some(7), ..task("LC-TTR-NV", "suspended") },
            Task { due_on: due("2026-11-20"), completed_on: due("2026-11-20"), percent: 100, ..task("LC-TTR", "completed") },
            Task { due_on: due("2026-11-20"), completed_on: due("2026-11-21"), percent: 100, spent_vnd: Some(5), ..task("LC-TTR", "completed") },
            Task { due_on: due("2026-11-01"), percent: 90, group: Some("III.1"), ..task("LC-TTR", "cancelled") },
            task("LC-SKHCN", "returned"),
            Task { due_on: due("2026-11-20"), completed_on: due("2026-11-20"), percent: 100, ..task("LC-SKHCN", "awaiting_confirmation") },
            Task { due_on: due("2026-11-20"), completed_on: due("2026-11-21"), percent: 100, ..task("LC-SKHCN", "awaiting_confirmation") },
            Task { assigned_on: due("2026-11-24"), ..task("LC-SKHCN", "assigned") },
            task("XX-A", "assigned"),
        ]);
        let body = api.client("LC", READS).get(200, "/v1/progress").body;
        let tasks = &body["tasks"];
        assert_eq!(tasks["total"], 10);
        assert_eq!(tasks["by_state"], json!({ "assigned": 1, "accepted": 1, "in_progress": 1, "awaiting_confirmation": 2,
            "completed": 2, "suspended": 1, "returned": 1, "cancelled": 1 }));
        assert_eq!(tasks["by_timeliness"], json!({ "no_deadline": 2, "on_time": 2, "due_soon": 2, "overdue": 2, "done_on_time": 1, "done_late": 1 }));
        assert_eq!(tasks["by_group"][1], json!({ "group": "III.1", "total": 3, "completed": 0, "overdue": 1, "percent": "35" }));
        assert_eq!(tasks["by_lead"][1], json!({ "organization": "LC-TTR", "name": "Thanh tra tỉnh", "total": 3, "completed": 2, "overdue": 0, "percent": "100" }));
        assert_eq!(tasks["percent"], "52.2222");
        assert_eq!(body["money"], json!({ "planned_vnd": 100, "spent_vnd": 12 }));
        let office = api.client("LC-TTR-VP", READS).get(200, "/v1/progress").body;
        assert_eq!((&office["tasks"]["total"], &office["under"]), (&json!(2), &json!("LC-TTR-VP")));
        assert_eq!(office["money"], json!({ "planned_vnd": 100, "spent_vnd": null }));
    }

    fn states_and_verdicts_add_up_to_the_total_and_parts_to_the_whole(api: &Api) {
        insert(api, assorted(300));
        let client = api.client("LC", READS);
        let of = |under: &str| client.get(200, &format!("/v1/progress?under={under}")).body;
        let province = of("LC");
        assert_eq!(province["tasks"]["total"], 300);
        for part in ["LC", "LC-TTR", "LC-SKHCN"].map(of) {
            let tasks = &part["tasks"];
            assert_eq!(sum(&tasks["by_state"]), tasks["total"]);
            assert_eq!(sum(&tasks["by_timeliness"]), tasks["total"]);
            for split in ["by_group", "by_lead"] {
                let total: i64 = tasks[split].as_array().unwrap().iter().map(|count| count["total"].as_i64().unwrap()).sum();
                assert_eq!(total, tasks["total"], "{split}");
            }
        }
    }

    fn what_has_not_changed_since_is_the_same_live_and_as_of_that_day(api: &Api) {
        insert(api, assorted(200));
        fixtures::run(api, async |db| {
            let id = Task { assigned_on: Some(day("2026-10-01")), percent: 40, spent_vnd: Some(9), ..task("LC-TTR-VP", "in_progress") }.insert(db).await?;
            fixtures::update(db, id, "2026-11-20", 40, Some(9), ["thiếu người", "bổ sung"]).await?;
            fixtures::indicator(db, "LC", "K count flow month", None).await?;
            fixtures::observations(db, "K", &["LC-TTR 2026-M12 3"]).await
        });
        let client = api.client("LC", READS);
        let live = client.get(200, "/v1/progress?period=2026-M12&as_of=2026-11-23").body;
        api.set_time("2026-11-23T17:00:00Z");
        let past = api.client("LC", READS).get(200, "/v1/progress?period=2026-M12&as_of=2026-11-23").body;
        assert_eq!((&live["tasks"]["total"], &live["obstacles"][0]["text"]), (&json!(201), &json!("thiếu người")));
        assert_eq!(figures(live), figures(past));
    }

    fn as_of_a_day_the_log_says_how_tasks_stood(api: &Api) {
        fixtures::run(api, async |db| {
            // Completed and moved to another office after the day; its first version was recorded before it.
            let before = Task { due_on: Some(day("2026-11-10")), percent: 30, group: Some("I"), ..task("LC-TTR-VP", "in_progress") };
            let now = Task { completed_on: Some(day("2026-11-20")), percent: 100, ..Task { lead: "LC-SKHCN", state: "completed", ..before.clone() } };
            let before = Task { assigned_on: Some(day("2026-10-20")), ..before };
            let id = Task { assigned_on: before.assigned_on, ..now.clone() }.insert(db).await?;
            before.version(db, id, 1, "2026-11-01T00:00:00Z").await?;
            Task { lead: "LC-TTR-NV", ..before.clone() }.version(db, id, 2, "2026-11-14T16:59:59.999999Z").await?;
            Task { state: "awaiting_confirmation", ..before.clone() }.version(db, id, 3, "2026-11-14T17:00:00Z").await?;
            now.version(db, id, 4, "2026-11-20T00:00:00Z").await?;
            // Spoken of for the day, but recorded later; and one that speaks of a later day.
            fixtures::update(db, id, "2026-11-14", 60, Some(5), ["chậm", ""]).await?;
            fixtures::update(db, id, "2026-11-15", 100, Some(8), ["", ""]).await?;
            // Assigned by the day, recorded later: as first recorded.
            let late = Task { assigned_on: Some(day("2026-11-14")), ..task("LC-TTR", "assigned") };
            let id = Task { state: "accepted", ..late.clone() }.insert(db).await?;
            late.version(db, id, 1, "2026-11-16T00:00:00Z").await?;
            Task { state: "accepted", ..late }.version(db, id, 2, "2026-11-17T00:00:00Z").await?;
            // Neither of these was there yet.
            task("LC-TTR", "assigned").insert(db).await?;
            Task { assigned_on: Some(day("2026-11-15")), ..task("LC-TTR", "assigned") }.insert(db).await.map(drop)
        });
        let client = api.client("LC", READS);
        let body = client.get(200, "/v1/progress?under=LC-TTR&as_of=2026-11-14").body;
        let tasks = &body["tasks"];
        assert_eq!((&tasks["total"], &tasks["by_state"]["in_progress"], &tasks["by_state"]["assigned"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!(tasks["by_timeliness"]["overdue"], 1);
        assert_eq!(tasks["by_lead"][1]["organization"], "LC-TTR-NV");
        assert_eq!((&tasks["by_lead"][1]["percent"], &body["money"]["spent_vnd"]), (&json!("60"), &json!(5)));
        assert_eq!((&body["obstacles"][0]["text"], &body["obstacles"][0]["as_of"]), (&json!("chậm"), &json!("2026-11-14")));
        // At the end of the day before, the office led it; now another organization does.
        let day_before = client.get(200, "/v1/progress?under=LC-TTR-VP&as_of=2026-11-13").body;
        assert_eq!((&day_before["tasks"]["total"], &day_before["tasks"]["by_lead"][0]["percent"]), (&json!(1), &json!("30")));
        assert_eq!(client.get(200, "/v1/progress?under=LC-SKHCN").body["tasks"]["by_state"]["completed"], 1);
        assert_eq!(client.get(200, "/v1/progress?under=LC-SKHCN&as_of=2026-11-14").body["tasks"]["total"], 0);
        assert_eq!(client.get(200, "/v1/progress?as_of=2026-10-19").body["tasks"]["total"], 0);
        assert_eq!(client.get(400, "/v1/progress?as_of=2026-11-24").codes(), ["in-the-future"]);
    }

    fn obstacles_are_those_of_the_latest_update(api: &Api) {
        fixtures::run(api, async |db| {
            let solved = task("LC-TTR-VP", "in_progress").insert(db).await?;
            fixtures::update(db, solved, "2026-11-01", 10, None, ["thiếu kinh phí", "cấp kinh phí"]).await?;
            fixtures::update(db, solved, "2026-11-20", 20, None, ["", "cấp thêm máy"]).await?;
            let stuck = task("LC-SKHCN", "in_progress").insert(db).await?;
            fixtures::update(db, stuck, "2026-11-10", 10, None, ["vướng thể chế", ""]).await?;
            let other = task("XX-A", "in_progress").insert(db).await?;
            fixtures::update(db, other, "2026-11-10", 10, None, ["khác", "khác"]).await
        });
        let body = api.client("LC", READS).get(200, "/v1/progress").body;
        let texts = |list: &Value| -> Vec<String> { list.as_array().unwrap().iter().map(|remark| remark["text"].as_str().unwrap().to_owned()).collect() };
        assert_eq!(texts(&body["obstacles"]), ["vướng thể chế"]);
        assert_eq!(texts(&body["proposals"]), ["cấp thêm máy"]);
        assert_eq!(body["obstacles"][0]["title"], "Số hóa hồ sơ");
    }

    fn a_document_counts_with_all_that_implements_it(api: &Api) {
        let documents = api.write(async |db| {
            let root = fixtures::document(db, "LC", &[]).await?;
            let plan = fixtures::document(db, "LC-TTR", &[root]).await?;
            let detail = fixtures::document(db, "LC-TTR-VP", &[plan, root]).await?;
            let foreign = fixtures::document(db, "XX", &[]).await?;
            for (document, lead) in [(root, "LC"), (plan, "LC-TTR"), (detail, "LC-TTR-VP"), (foreign, "LC-SKHCN")] {
                Task { document: Some(document), ..task(lead, "assigned") }.insert(db).await?;
            }
            task("LC", "assigned").insert(db).await?;
            fixtures::indicator(db, "LC", "D1 count flow month", Some(detail)).await?;
            fixtures::indicator(db, "LC", "D2 count flow month", None).await?;
            Ok([root, plan, detail, foreign])
        }).unwrap();
        let client = api.client("LC", READS);
        let of = |document| client.get(200, &format!("/v1/progress?document={document}")).body;
        assert_eq!(of(documents[0])["tasks"]["total"], 3);
        assert_eq!(of(documents[1])["tasks"]["total"], 2);
        assert_eq!(of(documents[2])["tasks"]["total"], 1);
        assert_eq!(of(documents[0])["indicators"].as_array().unwrap().len(), 1);
        assert_eq!(client.get(200, "/v1/progress").body["indicators"].as_array().unwrap().len(), 2);
        assert_eq!(client.get(200, &format!("/v1/progress?as_of=2026-11-22&document={}", documents[0])).body["tasks"]["total"], 0);
        client.get(404, &format!("/v1/progress?document={}", documents[3]));
        let rollup = client.get(200, &format!("/v1/documents/{}/rollup?period=2026-M11", documents[0])).body;
        assert_eq!((&rollup["tasks"]["total"], &rollup["period"]), (&serde_json::json!(3), &serde_json::json!("2026-M11")));
        client.get(404, &format!("/v1/documents/{}/rollup", documents[3]));
        // What stands over the office is its to read; what lies beside it is not.
        let office = api.client("LC-TTR-NV", READS);
        assert_eq!(office.get(200, &format!("/v1/progress?document={}", documents[1])).body["tasks"]["total"], 0);
        office.get(404, &format!("/v1/progress?document={}", documents[2]));
    }

    fn coverage_names_what_is_missing(api: &Api) {
        fixtures::run(api, async |db| {
            fixtures::indicator(db, "LC", "E1 ratio flow month", None).await?;
            fixtures::targets(db, "E1", &["- - >= 50", "LC-TTR 2026 >= 90", "LC-SKHCN - >= 80", "LC-TTR-VP 2025 >= 1", "XX-A - >= 1"]).await?;
            fixtures::observations(db, "E1", &["LC-TTR 2026-M10 9/10", "LC-TTR-VP 2026-M11 1/2", "LC-SKHCN 2026-M10 not_available", "LC-SKHCN 2026-M12 not_applicable"]).await?;
            fixtures::indicator(db, "LC", "E2 count stock -", None).await?;
            fixtures::targets(db, "E2", &["LC-TTR - >= 1"]).await?;
            fixtures::indicator(db, "LC", "E3 count flow year", None).await?;
            fixtures::targets(db, "E3", &["LC-TTR - >= 1"]).await
        });
        let client = api.client("LC", READS);
        let body = client.get(200, "/v1/progress?period=2026-Q4").body;
        let missing = |indicator: &str, organization: &str, period: &str, reason: &str| {
            json!({ "indicator": indicator, "organization": organization, "period": period, "reason": reason })
        };
        assert_eq!(body["coverage"], json!({ "expected": 7, "received": 2, "missing": [
            missing("E1", "LC-SKHCN", "2026-M10", "not_available"),
            missing("E1", "LC-SKHCN", "2026-M11", "not_reported"),
            missing("E1", "LC-TTR", "2026-M11", "parts_only"),
            missing("E1", "LC-TTR", "2026-M12", "not_reported"),
            missing("E2", "LC-TTR", "2026-Q4", "not_reported"),
        ] }));
        let values: Vec<_> = body["indicators"].as_array().unwrap().iter().map(|item| item["value"].clone()).collect();
        assert_eq!(values, [json!("83.3333"), Value::Null, Value::Null]);
        assert_eq!(client.get(200, "/v1/progress?period=2026-A1&under=LC-SKHCN").body["coverage"]["expected"], 12);
    }

    fn a_sum_of_parts_is_not_received_until_the_organization_itself_reports(api: &Api) {
        fixtures::run(api, async |db| {
            fixtures::indicator(db, "LC", "E4 ratio flow month", None).await?;
            fixtures::targets(db, "E4", &["LC-TTR - >= 90"]).await?;
            fixtures::observations(db, "E4", &["LC-TTR-VP 2026-M10 9/10", "LC-TTR 2026-M11 0/0", "LC-TTR-VP 2026-M12 9/10", "LC-TTR 2026-M12 not_available"]).await
        });
        let client = api.client("LC", READS);
        let of = |period: &str| {
            let coverage = client.get(200, &format!("/v1/progress?period={period}")).body["coverage"].clone();
            (coverage["received"].as_i64().unwrap(), coverage["missing"][0]["reason"].clone())
        };
        assert_eq!(of("2026-M09"), (0, json!("not_reported")));
        assert_eq!(of("2026-M10"), (0, json!("parts_only")));
        assert_eq!(of("2026-M11"), (1, Value::Null));
        assert_eq!(of("2026-M12"), (0, json!("parts_only")));
    }

    fn what_is_outside_the_part_of_the_tree_is_404(api: &Api) {
        let client = api.client("LC-TTR", READS);
        client.get(404, "/v1/progress?under=LC");
        client.get(404, "/v1/progress?under=XX-A");
        client.get(404, "/v1/progress?calendar=NOPE");
        client.get(404, "/v1/progress?document=01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(client.get(400, "/v1/progress?document=x").body["errors"][0]["parameter"], "document");
        assert_eq!(client.get(200, "/v1/progress").body["period"], "2026-M12");
        assert_eq!(client.get(200, "/v1/progress?calendar=GREGORIAN&as_of=2026-10-31").body["period"], "2026-M10");
        api.client("LC-TTR", "tasks:read").get(403, "/v1/progress");
    }

    fn a_completed_task_stays_whole_when_the_day_is_over(api: &Api) {
        let task_fixture = crate::task_fixture::Desk::of(api);
        let path = task_fixture.task(&serde_json::json!({}));
        task_fixture.walk(&path, &["accepted", "in_progress"]);
        let update = serde_json::json!({ "as_of": "2026-11-23", "percent": "60", "results": "x" });
        task_fixture.lead.post(201, &format!("{path}/progress-updates"), &update);
        task_fixture.walk(&path, &["awaiting_confirmation", "completed"]);
        let client = api.client("LC", READS);
        let percent = |path: &str| client.get(200, path).body["tasks"]["by_lead"][0]["percent"].clone();
        let live = percent("/v1/progress");
        assert_eq!(live, "100");
        api.set_time("2026-11-23T17:00:00Z");
        let client = api.client("LC", READS);
        assert_eq!(client.get(200, "/v1/progress?as_of=2026-11-23").body["tasks"]["by_lead"][0]["percent"], live);
    }
}
