use serde_json::json;

use crate::{
    fixtures::{self, Task, day},
    harness::{Api, Reply},
    on_both,
};

const READS: &str = "reports:read";

/// Two offices of the agency, and what they did until the cut-off of November and after it.
fn november(api: &Api) {
    fixtures::run(api, async |db| {
        let open = Task {
            lead: "LC-TTR-VP",
            state: "in_progress",
            assigned_on: Some(day("2026-10-01")),
            due_on: Some(day("2026-11-14")),
            percent: 50,
            planned_vnd: Some(200),
            group: Some("III.1"),
            ..Task::default()
        };
        let done = Task { state: "completed", completed_on: Some(day("2026-11-16")), percent: 100, ..open.clone() };
        let id = done.clone().insert(db).await?;
        open.version(db, id, 1, "2026-10-01T00:00:00Z").await?;
        done.version(db, id, 2, "2026-11-16T00:00:00Z").await?;
        fixtures::update(db, id, "2026-11-14", 80, Some(30), ["thiếu \"máy\", thiếu người", ""]).await?;
        Task { lead: "LC-TTR", assigned_on: Some(day("2026-11-01")), ..open }.insert(db).await?;
        fixtures::indicator(db, "LC", "CT06 ratio flow month", None).await?;
        fixtures::targets(db, "CT06", &["- - > 90", "LC-TTR-NV - > 90"]).await?;
        fixtures::observations(db, "CT06", &["LC-TTR-VP 2026-M11 90/100"]).await
    });
}

/// The line of a section and key.
fn line(report: &Reply, section: &str, key: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(report.text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), "section,key,label,value,unit,note");
    let found = reader.records().map(Result::unwrap).find(|line| &line[0] == section && &line[1] == key);
    found.unwrap_or_else(|| panic!("{section} {key}: {}", report.text)).iter().skip(2).map(str::to_owned).collect()
}

on_both! {
    fn a_report_shows_the_figures_as_of_the_cut_off(api: &Api) {
        november(api);
        let report = api.client("LC-TTR", READS).get(200, "/v1/periodic-reports/2026-M11").body;
        assert_eq!((&report["period"]["state"], &report["is_cut_off"]), (&json!("past_due"), &json!(true)));
        assert_eq!(report["period"]["window"], json!({ "from": "2026-10-15", "to": "2026-11-14" }));
        let figures = &report["figures"];
        assert_eq!((&figures["as_of"], &figures["under"], &figures["includes_below"]), (&json!("2026-11-14"), &json!("LC-TTR"), &json!(true)));
        // Completed two days after the cut-off, so it was still being done; the due day itself is on time.
        assert_eq!((&figures["tasks"]["total"], &figures["tasks"]["by_state"]["in_progress"]), (&json!(2), &json!(2)));
        assert_eq!((&figures["tasks"]["by_timeliness"]["due_soon"], &figures["money"]), (&json!(2), &json!({ "planned_vnd": 400, "spent_vnd": 30 })));
        assert_eq!((&figures["indicators"][0]["value"], &figures["indicators"][0]["verdict"]), (&json!("90"), &json!("not_met")));
        assert_eq!(figures["coverage"]["missing"][0]["organization"], "LC-TTR-NV");
        let progress = api.client("LC-TTR", READS).get(200, "/v1/progress?period=2026-M11&as_of=2026-11-14").body;
        assert_eq!(figures["tasks"], progress["tasks"]);
    }

    fn an_open_period_is_as_of_today_and_not_final(api: &Api) {
        november(api);
        let client = api.client("LC-TTR", READS);
        let open = client.get(200, "/v1/periodic-reports/2026-M12").body;
        assert_eq!((&open["period"]["state"], &open["is_cut_off"], &open["figures"]["as_of"]), (&json!("open"), &json!(false), &json!("2026-11-23")));
        assert_eq!(open["figures"]["tasks"]["by_state"]["completed"], 1);
        assert_eq!(client.get(200, "/v1/periodic-reports/2027-Q1").body["is_cut_off"], false);
        let gregorian = client.get(200, "/v1/periodic-reports/2026-M11?calendar=GREGORIAN").body;
        assert_eq!((&gregorian["period"]["state"], &gregorian["is_cut_off"]), (&json!("open"), &json!(false)));
        // The cut-off is the end of the 14th in Ho Chi Minh City.
        api.set_time("2026-11-14T16:59:59Z");
        assert_eq!(client.get(200, "/v1/periodic-reports/2026-M11").body["is_cut_off"], false);
        api.set_time("2026-11-14T17:00:00Z");
        assert_eq!(client.get(200, "/v1/periodic-reports/2026-M11").body["is_cut_off"], true);
    }

    fn one_organization_alone_or_its_whole_part(api: &Api) {
        november(api);
        let client = api.client("LC", READS);
        let of = |query: &str| client.get(200, &format!("/v1/periodic-reports/2026-M11?{query}")).body["figures"].clone();
        let (alone, below) = (of("organization=LC-TTR"), of("under=LC-TTR"));
        assert_eq!((&alone["tasks"]["total"], &below["tasks"]["total"]), (&json!(1), &json!(2)));
        assert_eq!((&alone["indicators"][0]["verdict"], &below["indicators"][0]["verdict"]), (&json!("no_data"), &json!("not_met")));
        assert_eq!((&alone["includes_below"], &alone["coverage"]["expected"]), (&json!(false), &json!(0)));
        assert_eq!(of("organization=LC-TTR-NV")["coverage"]["expected"], 1);
        assert_eq!(client.get(400, "/v1/periodic-reports/2026-M11?under=LC&organization=LC").codes(), ["not-with-under"]);
    }

    fn a_report_as_csv_is_one_flat_table(api: &Api) {
        november(api);
        let client = api.client("LC-TTR", READS);
        let path = "/v1/periodic-reports/2026-M11";
        let report = client.send(200, "GET", path, &[("Accept", "text/csv")], None);
        assert_eq!(report.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(report.text, client.get(200, &format!("{path}?format=csv")).text);
        assert_eq!(line(&report, "report", "period"), ["Kỳ báo cáo", "2026-M11", "", ""]);
        assert_eq!(line(&report, "report", "is_cut_off")[1], "true");
        assert_eq!(line(&report, "tasks", "total"), ["Tổng số nhiệm vụ", "2", "", ""]);
        assert_eq!(line(&report, "tasks", "state.in_progress")[1], "2");
        assert_eq!(line(&report, "tasks_by_group", "III.1.percent"), ["III.1: tiến độ bình quân", "65", "%", ""]);
        assert_eq!(line(&report, "tasks_by_lead", "LC-TTR-VP.total"), ["Văn phòng: tổng số", "1", "", ""]);
        assert_eq!(line(&report, "indicators", "CT06.value"), ["Chỉ tiêu CT06", "90", "%", "not_met; reported"]);
        assert_eq!(line(&report, "indicators", "CT06.numerator")[1], "90");
        assert_eq!(line(&report, "indicators", "CT06.denominator")[1], "100");
        assert_eq!(line(&report, "indicators", "CT06.target"), ["Chỉ tiêu CT06: mục tiêu", "90", "%", ">"]);
        assert_eq!(line(&report, "money", "spent_vnd"), ["Kinh phí đã sử dụng", "30", "VND", ""]);
        assert_eq!(line(&report, "coverage", "received")[1], "0");
        assert_eq!(line(&report, "coverage", "missing.CT06.LC-TTR-NV.2026-M11")[3], "not_reported");
        assert!(report.text.contains("\"thiếu \"\"máy\"\", thiếu người\""));
        let english = client.send(200, "GET", path, &[("Accept", "text/csv"), ("Accept-Language", "en")], None);
        assert_eq!(line(&english, "tasks", "total")[0], "Tasks");
        // The parameter goes before the header.
        let json = client.send(200, "GET", &format!("{path}?format=json"), &[("Accept", "text/csv")], None);
        assert_eq!(json.header("content-type"), "application/json");
        assert_eq!(client.send(406, "GET", path, &[("Accept", "application/x-ndjson")], None).problem(), "not-acceptable");
    }

    fn what_is_outside_the_part_of_the_tree_is_404(api: &Api) {
        let client = api.client("LC-TTR", READS);
        client.get(404, "/v1/periodic-reports/2026-M11?under=LC");
        client.get(404, "/v1/periodic-reports/2026-M11?organization=XX-A");
        client.get(404, "/v1/periodic-reports/2026-M11?calendar=NOPE");
        let malformed = client.get(404, "/v1/periodic-reports/2026-11");
        assert!(malformed.body["detail"].as_str().unwrap().contains("2026-Q3"));
        assert_eq!(client.get(400, "/v1/periodic-reports/2026-M11?format=xlsx").body["errors"][0]["parameter"], "format");
        api.client("LC-TTR", "tasks:read").get(403, "/v1/periodic-reports/2026-M11");
    }
}
