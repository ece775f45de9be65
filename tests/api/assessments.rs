use serde_json::{Value, json};

use crate::{fixtures, harness::Api, on_both};

const READS: &str = "observations:read";

/// An indicator of the province with its targets and figures.
fn indicator(api: &Api, text: &'static str, targets: &'static [&'static str], rows: &'static [&'static str]) {
    fixtures::run(api, async move |db| {
        let code = text.split(' ').next().unwrap();
        fixtures::indicator(db, "LC", text, None).await?;
        fixtures::targets(db, code, targets).await?;
        fixtures::observations(db, code, rows).await
    });
}

/// The first assessment: that of `under`.
fn top(api: &Api, code: &str, period: &str, under: &str) -> Value {
    let path = format!("/v1/assessments?indicator={code}&period={period}&under={under}");
    api.client("LC", READS).get(200, &path).body["items"][0].clone()
}

on_both! {
    fn a_target_is_compared_exactly_at_its_boundary(api: &Api) {
        indicator(api, "CT06 ratio flow month", &["- - > 90"], &[
            "LC-TTR-VP 2026-M10 90/100", "LC-TTR-NV 2026-M10 900000001/1000000001", "LC-SKHCN 2026-M10 899999999/1000000000",
        ]);
        let verdict = |under: &str| {
            let top = top(api, "CT06", "2026-M10", under);
            [top["value"].clone(), top["verdict"].clone(), top["gap"].clone()]
        };
        assert_eq!(verdict("LC-TTR-VP"), [json!("90"), json!("not_met"), json!("0")]);
        // Both are shown as 90, and only one is more than that.
        assert_eq!(verdict("LC-TTR-NV"), [json!("90"), json!("met"), json!("0")]);
        assert_eq!(verdict("LC-SKHCN"), [json!("90"), json!("not_met"), json!("0")]);
    }

    fn each_operator_means_what_it_says(api: &Api) {
        indicator(api, "A1 count flow month", &["LC-TTR-VP - >= 5", "LC-TTR-NV - < 5", "LC-SKHCN - <= 5", "LC-TTR - = 5"], &[
            "LC-TTR 2026-M10 5", "LC-TTR-VP 2026-M10 5", "LC-TTR-NV 2026-M10 5", "LC-SKHCN 2026-M10 5.0001", "LC 2026-M10 5",
        ]);
        let list = api.client("LC", READS).get(200, "/v1/assessments?period=2026-M10");
        let said: Vec<_> = list.body["items"].as_array().unwrap().iter()
            .map(|item| format!("{} {} {}", item["organization"].as_str().unwrap(), item["verdict"].as_str().unwrap(), item["gap"])).collect();
        assert_eq!(said, ["LC no_target null", "LC-SKHCN not_met \"0.0001\"", "LC-TTR met \"0\"", "LC-TTR-NV not_met \"0\"", "LC-TTR-VP met \"0\""]);
    }

    fn a_ratio_over_a_subtree_is_the_sum_of_parts_and_counts_nothing_twice(api: &Api) {
        indicator(api, "CT01 ratio flow month", &["- - >= 50"], &[
            "LC-TTR-VP 2026-M10 1/2", "LC-TTR-NV 2026-M10 1/10", "LC-SKHCN 2026-M10 3/3",
            "LC-TTR-VP 2026-M11 1/2", "LC-TTR-NV 2026-M11 1/10", "LC-TTR 2026-M11 9/10", "LC-SKHCN 2026-M11 0/10",
        ]);
        let october = top(api, "CT01", "2026-M10", "LC");
        assert_eq!((&october["numerator"], &october["denominator"], &october["value"]), (&json!("5"), &json!("15"), &json!("33.3333")));
        assert_eq!(october["verdict"], "not_met");
        assert_eq!(october["computed"], json!({ "rule": "added_up", "contributors": ["LC-SKHCN", "LC-TTR-NV", "LC-TTR-VP"],
            "periods": ["2026-M10"], "superseded": 0 }));
        // In November the agency reported for itself, so what its rooms reported is in it already.
        let november = top(api, "CT01", "2026-M11", "LC");
        assert_eq!((&november["numerator"], &november["denominator"]), (&json!("9"), &json!("20")));
        assert_eq!(november["computed"]["contributors"], json!(["LC-SKHCN", "LC-TTR"]));
        assert_eq!(november["computed"]["superseded"], 2);
        assert_eq!(top(api, "CT01", "2026-M11", "LC-TTR-VP")["value"], "50");
    }

    fn the_whole_wins_over_its_breakdown_and_a_breakdown_alone_adds_up(api: &Api) {
        indicator(api, "A2 count flow month", &[], &[
            "LC-TTR 2026-M10 7", "LC-TTR 2026-M10 3 nam", "LC-TTR 2026-M10 3 nu",
            "LC-SKHCN 2026-M10 2 nam", "LC-SKHCN 2026-M10 3 nu",
        ]);
        assert_eq!(top(api, "A2", "2026-M10", "LC-TTR")["value"], "7");
        assert_eq!(top(api, "A2", "2026-M10", "LC-TTR")["computed"]["superseded"], 2);
        assert_eq!(top(api, "A2", "2026-M10", "LC-SKHCN")["value"], "5");
        assert_eq!(top(api, "A2", "2026-M10", "LC")["value"], "12");
    }

    fn over_a_longer_period_a_flow_adds_up_and_a_stock_takes_the_last(api: &Api) {
        let rows: &[&str] = &["LC-TTR 2026-M01 1", "LC-TTR 2026-M02 2", "LC-TTR 2026-M05 4", "LC-TTR 2026-M08 8", "LC-TTR 2026-M11 16"];
        for (code, nature) in [("F", "F count flow month"), ("S", "S count stock month")] {
            fixtures::run(api, async move |db| {
                fixtures::indicator(db, "LC", nature, None).await?;
                fixtures::observations(db, code, rows).await
            });
        }
        let value = |code, period| top(api, code, period, "LC")["value"].clone();
        for (period, flow, stock) in [
            ("2026-M02", json!("2"), json!("2")), ("2026-M03", Value::Null, Value::Null),
            ("2026-Q1", json!("3"), json!("2")), ("2026-S1", json!("7"), json!("4")), ("2026-9M", json!("15"), json!("8")),
            ("2026-S2", json!("24"), json!("16")), ("2026-A1", json!("31"), json!("16")),
        ] {
            assert_eq!((value("F", period), value("S", period)), (flow, stock), "{period}");
        }
        let stock = top(api, "S", "2026-Q1", "LC");
        assert_eq!((&stock["computed"]["rule"], &stock["computed"]["periods"]), (&json!("last_value"), &json!(["2026-M02"])));
        assert_eq!(top(api, "F", "2026-Q1", "LC")["computed"]["periods"], json!(["2026-M01", "2026-M02"]));
        assert_eq!(top(api, "F", "2026-M03", "LC")["verdict"], "no_data");
    }

    fn a_stock_keeps_each_organization_in_the_sum(api: &Api) {
        indicator(api, "CT03 ratio stock month", &[], &["LC-TTR-VP 2026-M01 5/10", "LC-TTR-VP 2026-M02 6/10", "LC-TTR-NV 2026-M01 2/10"]);
        let quarter = top(api, "CT03", "2026-Q1", "LC-TTR");
        assert_eq!((&quarter["numerator"], &quarter["denominator"], &quarter["value"]), (&json!("8"), &json!("20"), &json!("40")));
    }

    fn a_finer_period_than_the_frequency_has_no_data(api: &Api) {
        indicator(api, "A3 count flow quarter", &["- - >= 1"], &["LC-TTR 2026-Q4 5"]);
        assert_eq!(top(api, "A3", "2026-M10", "LC")["verdict"], "no_data");
        assert_eq!(top(api, "A3", "2026-A1", "LC")["value"], "5");
    }

    fn without_a_frequency_a_period_is_what_was_reported_for_it_or_the_sum_of_its_parts(api: &Api) {
        indicator(api, "A4 count flow -", &[], &[
            "LC-TTR 2026-Q1 10", "LC-TTR 2026-M01 1", "LC-TTR 2026-M04 2", "LC-TTR 2026-S2 100", "LC-TTR 2025-A1 7", "LC-TTR 2025-Q1 1",
        ]);
        assert_eq!(top(api, "A4", "2026-Q1", "LC")["value"], "10");
        assert_eq!(top(api, "A4", "2026-Q2", "LC")["value"], "2");
        assert_eq!(top(api, "A4", "2026-S1", "LC")["value"], "12");
        assert_eq!(top(api, "A4", "2026-A1", "LC")["value"], "112");
        assert_eq!(top(api, "A4", "2025-A1", "LC")["value"], "7");
    }

    fn nothing_that_arose_is_not_applicable_and_nothing_reported_is_no_data(api: &Api) {
        indicator(api, "CT02 ratio flow month", &["- - >= 0"], &[
            "LC-TTR-VP 2026-M10 0/0", "LC-TTR-NV 2026-M10 not_applicable", "LC-SKHCN 2026-M10 not_available",
            "LC-TTR-VP 2026-M11 1/2", "LC-TTR-NV 2026-M11 not_applicable",
        ]);
        for (under, verdict) in [("LC-TTR-VP", "not_applicable"), ("LC-TTR-NV", "not_applicable"), ("LC-TTR", "not_applicable"), ("LC-SKHCN", "no_data")] {
            let top = top(api, "CT02", "2026-M10", under);
            assert_eq!((&top["verdict"], &top["value"]), (&json!(verdict), &Value::Null), "{under}");
        }
        assert_eq!(top(api, "CT02", "2026-M11", "LC-TTR")["value"], "50");
        assert_eq!(top(api, "CT02", "2026-M12", "LC-TTR")["computed"]["rule"], "none");
    }

    fn nothing_that_arose_above_does_not_hide_the_numbers_below(api: &Api) {
        indicator(api, "CT04 ratio flow month", &[], &[
            "LC-TTR 2026-M10 0/0", "LC-TTR-VP 2026-M10 5/10",
            "LC-TTR 2026-M11 not_applicable", "LC-TTR-VP 2026-M11 5/10", "LC-TTR-NV 2026-M11 0/0",
            "LC-TTR 2026-M12 0/0", "LC-TTR-VP 2026-M12 not_applicable",
        ]);
        for (period, superseded) in [("2026-M10", 1), ("2026-M11", 1)] {
            let top = top(api, "CT04", period, "LC");
            assert_eq!((&top["numerator"], &top["denominator"], &top["value"]), (&json!("5"), &json!("10"), &json!("50")), "{period}");
            assert_eq!(top["computed"]["superseded"], superseded, "{period}");
        }
        let december = top(api, "CT04", "2026-M12", "LC");
        assert_eq!((&december["verdict"], &december["computed"]["contributors"]), (&json!("not_applicable"), &json!(["LC-TTR"])));
        assert_eq!(top(api, "CT04", "2026-Q4", "LC")["denominator"], "20");
    }

    fn without_a_frequency_no_month_drops_out_beside_a_quarter(api: &Api) {
        indicator(api, "A6 count flow -", &[], &[
            "LC-TTR 2026-Q2 10", "LC-TTR 2026-M07 1", "LC-TTR 2026-M08 1", "LC-TTR 2026-M09 1", "LC-TTR 2026-M04 4",
            "LC-TTR-VP 2025-Q3 30", "LC-TTR-NV 2025-M07 1", "LC-TTR-NV 2025-M08 1", "LC-TTR-NV 2025-M09 1", "LC-TTR 2025-9M 99",
        ]);
        let value = |period| top(api, "A6", period, "LC")["value"].clone();
        for (period, sum) in [("2026-S1", "10"), ("2026-S2", "3"), ("2026-9M", "13"), ("2026-A1", "13")] {
            assert_eq!(value(period), sum, "{period}");
        }
        assert_eq!(top(api, "A6", "2026-A1", "LC")["computed"]["periods"], json!(["2026-M07", "2026-M08", "2026-M09", "2026-Q2"]));
        // Each organization by its own periods; nine months are no part of a year.
        for (period, sum) in [("2025-Q3", "33"), ("2025-S2", "33"), ("2025-A1", "33"), ("2025-9M", "99")] {
            assert_eq!(value(period), sum, "{period}");
        }
    }

    fn a_stale_stock_does_not_hide_later_ones_below(api: &Api) {
        for text in ["S2 count stock month", "S3 count stock -"] {
            indicator(api, text, &[], &["LC-TTR 2026-M07 10", "LC-TTR-VP 2026-M09 20", "LC-TTR-NV 2026-M09 5",
                "LC-TTR 2025-M09 10", "LC-TTR-VP 2025-M07 20", "LC-TTR-NV 2025-M09 5",
                "LC-TTR 2024-M07 10", "LC-TTR-VP 2024-M09 20", "LC-TTR-NV 2024-M06 5"]);
            let code = &text[..2];
            for (period, value) in [("2026-Q3", "25"), ("2026-A1", "25"), ("2026-M07", "10"), ("2025-Q3", "10"), ("2024-A1", "25")] {
                assert_eq!(top(api, code, period, "LC")["value"], value, "{code} {period}");
            }
            let year = top(api, code, "2026-A1", "LC");
            assert_eq!(year["computed"], json!({ "rule": "last_value", "contributors": ["LC-TTR-NV", "LC-TTR-VP"], "periods": ["2026-M09"], "superseded": 1 }));
        }
    }

    fn percentages_without_parts_do_not_add_up(api: &Api) {
        indicator(api, "CT05 ratio flow month", &["- - >= 80"], &["LC-TTR-VP 2026-M10 90", "LC-TTR-NV 2026-M10 100"]);
        assert_eq!(top(api, "CT05", "2026-M10", "LC-TTR-VP")["verdict"], "met");
        let sum = top(api, "CT05", "2026-M10", "LC-TTR");
        assert_eq!((&sum["verdict"], &sum["computed"]["rule"], &sum["value"]), (&json!("no_data"), &json!("not_combinable"), &Value::Null));
    }

    fn the_closest_target_holds(api: &Api) {
        indicator(api, "A5 count flow month", &["- - >= 1", "- 2026 >= 2", "LC-TTR - >= 3", "LC-TTR 2026 >= 4"], &["LC-TTR 2026-M10 3"]);
        let target = |under, period| top(api, "A5", period, under)["target"]["value"].clone();
        assert_eq!(target("LC-TTR", "2026-M10"), "4");
        assert_eq!(target("LC-TTR", "2025-M10"), "3");
        assert_eq!(target("LC-SKHCN", "2026-M10"), "2");
        assert_eq!(target("LC-SKHCN", "2025-M10"), "1");
        assert_eq!(top(api, "A5", "2026-M10", "LC-TTR")["target"], json!({ "op": ">=", "value": "4", "year": 2026, "organization": "LC-TTR" }));
        assert_eq!(top(api, "A5", "2026-M10", "LC-TTR")["gap"], "-1");
    }

    fn pages_follow_by_indicator_and_tree(api: &Api) {
        for text in ["B1 count flow month", "B2 count flow month"] {
            indicator(api, text, &["LC-SKHCN 2026 >= 1", "LC 2020 >= 1", "XX-A - >= 1"], &["LC-TTR-VP 2026-M10 3", "XX-A 2026-M10 3"]);
        }
        let client = api.client("LC", READS);
        let mut seen = Vec::new();
        let mut path = "/v1/assessments?limit=2&period=2026-M10".to_owned();
        loop {
            let page = client.get(200, &path);
            let key = |item: &Value| format!("{} {}", item["indicator"].as_str().unwrap(), item["organization"].as_str().unwrap());
            seen.extend(page.body["items"].as_array().unwrap().iter().map(key));
            let Some(link) = page.headers.get("link") else { break };
            link.to_str().unwrap().split(['<', '>']).nth(1).unwrap().clone_into(&mut path);
        }
        assert_eq!(seen, ["B1 LC", "B1 LC-SKHCN", "B1 LC-TTR-VP", "B2 LC", "B2 LC-SKHCN", "B2 LC-TTR-VP"]);
        let counted = client.get(200, "/v1/assessments?limit=1&period=2026-M10&count=exact");
        assert_eq!(counted.body["total"], 6);
        let cursor = counted.body["next_cursor"].as_str().unwrap();
        let second = client.get(200, &format!("/v1/assessments?limit=4&period=2026-M10&count=exact&cursor={cursor}"));
        assert_eq!((&second.body["total"], &second.body["items"][0]["organization"]), (&json!(6), &json!("LC-SKHCN")));
    }

    fn what_is_outside_the_part_of_the_tree_is_not_seen(api: &Api) {
        indicator(api, "C1 count flow month", &[], &["LC-TTR-VP 2026-M12 3", "LC-SKHCN 2026-M12 4"]);
        fixtures::run(api, async |db| {
            fixtures::indicator(db, "LC-SKHCN", "C2 count flow month", None).await?;
            fixtures::indicator(db, "XX", "C3 count flow month", None).await
        });
        let office = api.client("LC-TTR", READS);
        // Its own part, the indicators that stand over it, and the month of the calendar that holds today.
        let list = office.get(200, "/v1/assessments");
        let codes: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|item| item["indicator"].as_str().unwrap()).collect();
        assert_eq!(codes, ["C1", "C1"]);
        assert_eq!((&list.body["items"][0]["value"], &list.body["items"][0]["period"]), (&json!("3"), &json!("2026-M12")));
        assert_eq!(office.get(200, "/v1/assessments?calendar=GREGORIAN").body["items"][0]["period"], "2026-M11");
        office.get(404, "/v1/assessments?under=LC");
        office.get(404, "/v1/assessments?under=LC-SKHCN");
        office.get(404, "/v1/assessments?calendar=NOPE");
        let malformed = office.get(400, "/v1/assessments?period=2026-13");
        assert!(malformed.body["errors"][0]["detail"].as_str().unwrap().contains("2026-Q3"));
        api.client("LC", "tasks:read").get(403, "/v1/assessments");
    }
}
