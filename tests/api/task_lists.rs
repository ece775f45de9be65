use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    on_both,
    task_fixture::{Desk, document, ids},
};

on_both! {
    fn a_list_holds_what_its_filter_says(api: &Api) {
        let task_fixture = Desk::of(api);
        let plan = document(api, "LC");
        let id = |path: String| path.rsplit('/').next().unwrap().to_owned();
        let one = id(task_fixture.task(&json!({ "document": plan, "group": "A", "due_on": "2026-12-01", "title": "Báo cáo tiến độ 100%" })));
        let two = id(task_fixture.task(&json!({ "document": plan, "group": "B", "due_on": "2026-12-02", "description": "chuyển Đổi số" })));
        let three = id(task_fixture.task(&json!({ "lead": "LC-SKHCN", "group": "A", "code": "N1_02" })));
        api.wait_seconds(60);
        task_fixture.walk(&format!("/v1/tasks/{two}"), &["accepted"]);
        for (filter, expected) in [
            ("", vec![&one, &two, &three]), ("lead=LC-SKHCN", vec![&three]), ("lead=XX", vec![]), ("under=LC-TTR", vec![&one, &two]),
            ("under=LC", vec![&one, &two, &three]), ("under=LC-TTR&lead=LC-SKHCN", vec![]), ("group=A", vec![&one, &three]),
            ("state=accepted", vec![&two]), ("due_before=2026-12-02", vec![&one]), ("due_before=2026-12-03", vec![&one, &two]),
            ("updated_since=2026-11-23T02:00:30Z", vec![&two]), ("updated_since=2026-11-23T02:00:00Z", vec![&one, &two, &three]),
            ("timeliness=no_deadline", vec![&three]), ("q=tien+do", vec![&one]), ("q=CHUY%E1%BB%82N+doi", vec![&two]), ("q=%25", vec![&one]),
            ("q=n1_02", vec![&three]), ("q=_", vec![&three]), ("q=%5C", vec![]), (&*format!("document={plan}"), vec![&one, &two]),
        ] {
            let list = task_fixture.assigner.get(200, &format!("/v1/tasks?count=exact&{filter}"));
            assert_eq!(ids(&list).iter().collect::<Vec<_>>(), expected, "{filter}");
            assert_eq!(list.body["total"], expected.len(), "{filter}");
        }
        for bad in ["state=done", "due_before=2026-13-01", "updated_since=yesterday", "document=x", "colour=red", "state=", "q="] {
            assert_eq!(task_fixture.assigner.get(400, &format!("/v1/tasks?{bad}")).problem(), "invalid-parameter", "{bad}");
        }
        task_fixture.assigner.get(404, "/v1/tasks?under=XX");
    }

    fn pages_of_tasks_follow_each_other(api: &Api) {
        let task_fixture = Desk::of(api);
        let made: Vec<_> = (0..5).map(|_| task_fixture.task(&json!({})).rsplit('/').next().unwrap().to_owned()).collect();
        let (mut seen, mut path) = (Vec::new(), "/v1/tasks?limit=2&under=LC-TTR".to_owned());
        loop {
            let page = task_fixture.assigner.get(200, &path);
            seen.extend(ids(&page));
            let Some(link) = page.headers.get("link") else { break };
            link.to_str().unwrap().split(['<', '>']).nth(1).unwrap().clone_into(&mut path);
        }
        assert_eq!(seen, made);
        let cursor = task_fixture.assigner.get(200, "/v1/tasks?limit=2").body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(task_fixture.assigner.get(400, &format!("/v1/tasks?state=assigned&cursor={cursor}")).problem(), "invalid-cursor");
    }

    fn a_list_comes_as_csv_and_ndjson_too(api: &Api) {
        let task_fixture = Desk::of(api);
        task_fixture.task(&json!({ "title": "Số hóa, \"bước 1\"", "coordinators": ["LC-TTR-NV"], "planned_vnd": 7 }));
        task_fixture.task(&json!({}));
        let csv = task_fixture.assigner.send(200, "GET", "/v1/tasks?limit=1", &[("Accept", "text/csv")], None);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("link").contains("rel=\"next\""));
        let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
        let task = task_fixture.assigner.get(200, "/v1/tasks").body["items"][0].clone();
        let columns: BTreeSet<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(columns, task.as_object().unwrap().keys().cloned().collect());
        let rows: Vec<std::collections::BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!((&*rows[0]["title"], &*rows[0]["coordinators"]), ("Số hóa, \"bước 1\"", "[\"LC-TTR-NV\"]"));
        assert_eq!((&*rows[0]["planned_vnd"], &*rows[0]["due_on"], &*rows[0]["percent"]), ("7", "", "0"));
        let lines = task_fixture.assigner.send(200, "GET", "/v1/tasks", &[("Accept", "application/x-ndjson")], None);
        assert_eq!(serde_json::from_str::<Value>(lines.text.lines().next().unwrap()).unwrap(), task);
        for refused in ["image/png", "application/json;q=0", "*/*;q=0"] {
            let reply = task_fixture.assigner.send(406, "GET", "/v1/tasks", &[("Accept", refused)], None);
            assert_eq!(reply.problem(), "not-acceptable", "{refused}");
        }
        let other = task_fixture.assigner.send(200, "GET", "/v1/tasks", &[("Accept", "application/json;q=0, */*;q=0.1")], None);
        assert!(other.header("content-type").starts_with("text/csv"));
    }
}
