use serde_json::{Value, json};

use crate::{
    harness::{Api, Client, Reply},
    on_both,
};

const ALL: &str = "indicators:read indicators:write observations:read observations:write";

/// A client of the inspectorate, and one indicator of each kind, defined by the province.
fn ready(api: &Api) -> Client {
    let province = api.client("LC", ALL);
    for (code, kind, frequency) in
        [("CT01", "ratio", Some("month")), ("CT02", "count", None), ("CT03", "amount", Some("quarter"))]
    {
        let body =
            json!({ "code": code, "name": code, "unit": "đơn vị", "kind": kind, "flow": true, "frequency": frequency });
        province.post(201, "/v1/indicators", &body);
    }
    api.client("LC-TTR", ALL)
}

fn ratio(organization: &str, period: &str, numerator: &str, denominator: &str) -> Value {
    json!({ "indicator": "CT01", "organization": organization, "period": period, "numerator": numerator,
        "denominator": denominator, "status": "provisional" })
}

fn count(organization: &str, value: &str) -> Value {
    json!({ "indicator": "CT02", "organization": organization, "period": "2026-M10", "value": value, "status": "final" })
}

fn push(client: &Client, rows: &[Value]) -> Reply {
    client.post(200, "/v1/observations", &json!(rows))
}

fn outcomes(reply: &Reply) -> Vec<&str> {
    reply.body["rows"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

/// Row, pointer and code of each fault of a refused push.
fn faults(reply: &Reply) -> Vec<(u64, &str, &str)> {
    let errors = reply.body["errors"].as_array().unwrap().iter();
    errors.map(|e| (e["row"].as_u64().unwrap(), e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

fn items(client: &Client, query: &str) -> Vec<Value> {
    client.get(200, &format!("/v1/observations{query}")).body["items"].as_array().unwrap().clone()
}

fn change(mut row: Value, field: &str, value: Value) -> Value {
    row[field] = value;
    row
}

on_both! {
    fn every_row_of_a_push_gets_its_outcome(api: &Api) {
        let client = ready(api);
        let rows = [ratio("LC-TTR", "2026-M10", "985", "1000"), count("LC-TTR-VP", "7")];
        let first = push(&client, &rows);
        assert_eq!(outcomes(&first), ["created", "created"]);
        assert_eq!(first.body["counts"], json!({ "created": 2, "updated": 0, "unchanged": 0, "rejected": 0 }));
        assert_eq!((&first.body["rows"][1]["row"], &first.body["rows"][1]["version"]), (&json!(2), &json!(1)));
        let again = push(&client, &rows);
        assert_eq!(outcomes(&again), ["unchanged", "unchanged"]);
        assert_eq!(again.body["rows"][0]["id"], first.body["rows"][0]["id"]);
        let changed = push(&client, &[ratio("LC-TTR", "2026-M10", "990", "1000"), rows[1].clone(), count("LC-TTR", "8")]);
        assert_eq!(outcomes(&changed), ["updated", "unchanged", "created"]);
        assert_eq!((&changed.body["rows"][0]["id"], &changed.body["rows"][0]["version"]), (&first.body["rows"][0]["id"], &json!(2)));
        assert_eq!(outcomes(&push(&client, &[])), [""; 0]);
    }

    fn a_figure_keeps_every_version(api: &Api) {
        let client = ready(api);
        let row = ratio("LC-TTR", "2026-M10", "985", "1000");
        let id = push(&client, std::slice::from_ref(&row)).body["rows"][0]["id"].as_str().unwrap().to_owned();
        push(&client, std::slice::from_ref(&row));
        api.wait_seconds(60);
        push(&client, &[change(row, "status", json!("final"))]);
        let path = format!("/v1/observations/{id}");
        let now = client.get(200, &path);
        assert_eq!((now.etag(), &now.body["status"], &now.body["created_at"]), ("\"2\"", &json!("final"), &json!("2026-11-23T02:00:00Z")));
        assert_eq!(now.body["updated_at"], "2026-11-23T02:01:00Z");
        let history = client.get(200, &format!("{path}/history"));
        let versions: Vec<_> = history.body["items"].as_array().unwrap().iter()
            .map(|item| (item["type"].as_str().unwrap(), item["content"]["version"].as_i64().unwrap(), item["content"]["status"].as_str().unwrap()))
            .collect();
        assert_eq!(versions, [("observation.created", 1, "provisional"), ("observation.updated", 2, "final")]);
        assert_eq!(history.body["items"][1]["content"], now.body);
    }

    fn a_ratio_is_computed_and_nought_of_nought_is_not_applicable(api: &Api) {
        let client = ready(api);
        push(&client, &[
            ratio("LC-TTR", "2026-M01", "1", "3"),
            change(ratio("LC-TTR", "2026-M02", "2", "3"), "value", json!("66.6667")),
            ratio("LC-TTR", "2026-M03", "0", "0"),
            json!({ "indicator": "CT01", "organization": "LC-TTR", "period": "2026-M04", "missing": "not_available", "status": "final" }),
        ]);
        let read: Vec<_> = items(&client, "?indicator=CT01").into_iter().map(|o| json!([o["period"], o["numerator"], o["denominator"], o["value"], o["missing"]])).collect();
        assert_eq!(read, [
            json!(["2026-M01", "1", "3", "33.3333", null]),
            json!(["2026-M02", "2", "3", "66.6667", null]),
            json!(["2026-M03", "0", "0", null, "not_applicable"]),
            json!(["2026-M04", null, null, null, "not_available"]),
        ]);
    }

    fn each_broken_rule_is_named(api: &Api) {
        let client = ready(api);
        let good = || ratio("LC-TTR", "2026-M10", "1", "2");
        for (row, field, code) in [
            (change(good(), "indicator", json!("CT99")), "/indicator", "unknown-indicator"),
            (change(good(), "organization", json!("LC-XX")), "/organization", "unknown-organization"),
            (change(good(), "organization", json!("XX-A")), "/organization", "unknown-organization"),
            (change(good(), "organization", json!("LC")), "/organization", "unknown-organization"),
            (change(good(), "period", json!("2026-M13")), "/period", "invalid-value"),
            (change(good(), "period", json!("2026-Q3")), "/period", "period-frequency"),
            (change(good(), "numerator", json!(null)), "/numerator", "required"),
            (change(good(), "denominator", json!("-2")), "/denominator", "out-of-range"),
            (change(good(), "value", json!("50.0001")), "/value", "value-differs"),
            (change(good(), "missing", json!("not_available")), "/numerator", "missing-with-numbers"),
            (ratio("LC-TTR", "2026-M10", "99999999999999", "0.0001"), "/denominator", "out-of-range"),
            (change(count("LC-TTR", "1"), "value", json!("1.5")), "/value", "out-of-range"),
            (change(count("LC-TTR", "1"), "value", json!("-1")), "/value", "out-of-range"),
            (change(count("LC-TTR", "1"), "numerator", json!("1")), "/numerator", "not-for-this-kind"),
            (change(count("LC-TTR", "1"), "value", json!(null)), "/value", "required"),
            (change(good(), "numerator", json!("123456789012345")), "/numerator", "invalid-value"),
            (change(good(), "numerator", json!(1.5)), "/numerator", "wrong-type"),
            (change(good(), "note", json!("a\u{0}b")), "/note", "invalid-value"),
            (change(good(), "colour", json!("red")), "/colour", "unknown-field"),
            (change(good(), "status", json!("draft")), "/status", "wrong-type"),
            (change(good(), "evidence", json!([{ "title": "x", "url": "javascript:1" }])), "/evidence/0/url", "invalid-value"),
            (json!({}), "/indicator", "required"),
            (json!(7), "", "wrong-type"),
        ] {
            let refused = client.post(422, "/v1/observations", &json!([row]));
            assert_eq!(refused.problem(), "rows-rejected");
            assert_eq!(faults(&refused).first(), Some(&(1, format!("#/0{field}").as_str(), code)), "{row}");
        }
        assert_eq!(items(&client, ""), [json!(null); 0]);
    }

    fn what_is_not_text_is_refused_in_its_row(api: &Api) {
        let client = ready(api);
        let text = change(ratio("LC-TTR", "2026-M10", "1", "2"), "note", json!("HERE")).to_string();
        let body = format!("[{},{}]", text.replace("HERE", "\\ud800"), text.replace("HERE", "hay"));
        let reply = client.send(207, "POST", "/v1/observations?on_error=continue", &[("Accept-Language", "en")], Some(body.into_bytes()));
        assert_eq!(outcomes(&reply), ["rejected", "created"]);
        assert_eq!((&reply.body["rows"][0]["errors"][0]["code"], &reply.body["rows"][0]["errors"][0]["pointer"]), (&json!("malformed-row"), &json!("#/0")));
        for body in ["{}", "7", "null", "[1"] {
            let status = if body == "[1" { 400 } else { 422 };
            client.send(status, "POST", "/v1/observations", &[], Some(body.as_bytes().to_vec()));
        }
    }

    fn abort_writes_nothing_and_continue_writes_the_good_rows(api: &Api) {
        let client = ready(api);
        let rows = json!([count("LC-TTR", "1"), count("XX-A", "2"), count("LC-TTR", "3"), { "indicator": 1 }, ratio("LC-TTR", "2026-Q1", "1", "-1")]);
        let refused = client.post(422, "/v1/observations", &rows);
        assert_eq!(faults(&refused), [
            (2, "#/1/organization", "unknown-organization"), (3, "#/2", "duplicate-row"), (4, "#/3/indicator", "wrong-type"),
            (4, "#/3/organization", "required"), (4, "#/3/period", "required"), (4, "#/3/status", "required"), (5, "#/4/period", "period-frequency"), (5, "#/4/denominator", "out-of-range")]);
        assert_eq!(items(&client, "").len(), 0);
        let partly = client.post(207, "/v1/observations?on_error=continue", &rows);
        assert_eq!(outcomes(&partly), ["created", "rejected", "rejected", "rejected", "rejected"]);
        assert_eq!(partly.body["counts"], json!({ "created": 1, "updated": 0, "unchanged": 0, "rejected": 4 }));
        assert_eq!(partly.body["rows"][2]["errors"][0], json!({ "pointer": "#/2", "code": "duplicate-row", "detail": "trùng khóa với dòng 1" }));
        assert_eq!(partly.body["rows"][2]["id"], json!(null));
        assert_eq!(items(&client, "").len(), 1);
        assert_eq!(client.post(207, "/v1/observations?on_error=continue", &json!([])).body["rows"], json!([]));
        assert_eq!(client.post(400, "/v1/observations?on_error=skip", &json!([])).problem(), "invalid-parameter");
    }

    fn a_foreign_and_an_unknown_organization_are_told_apart_by_nobody(api: &Api) {
        let client = ready(api);
        let says = |code: &str| client.post(422, "/v1/observations", &json!([count(code, "1")])).body["errors"][0]["detail"].as_str().unwrap().replace(code, "*");
        assert_eq!(says("XX-A"), says("LC-NOBODY"));
        assert_eq!(says("XX-A"), says("LC-SKHCN"));
    }

    fn five_thousand_rows_go_and_one_more_does_not(api: &Api) {
        let client = ready(api);
        let mut rows: Vec<_> = (0..5000).map(|n| change(count("LC-TTR", &n.to_string()), "breakdown", json!(format!("{n:05}")))).collect();
        assert_eq!(push(&client, &rows).body["counts"]["created"], 5000);
        assert_eq!(push(&client, &rows).body["counts"]["unchanged"], 5000);
        assert_eq!(client.get(200, "/v1/observations?count=exact&limit=1").body["total"], 5000);
        rows.push(count("LC-TTR", "1"));
        assert_eq!(client.post(422, "/v1/observations", &json!(rows)).problem(), "too-many-rows");
    }

    fn a_repeated_push_gets_the_first_answer(api: &Api) {
        let client = ready(api);
        let body = json!([count("LC-TTR", "1")]).to_string().into_bytes();
        let key = [("Idempotency-Key", "push-1")];
        let first = client.send(200, "POST", "/v1/observations", &key, Some(body.clone()));
        let again = client.send(200, "POST", "/v1/observations", &key, Some(body));
        assert_eq!((first.text, again.header("idempotency-replayed")), (again.text.clone(), "true"));
        assert_eq!(outcomes(&again), ["created"]);
    }

    fn as_of_reads_what_was_known_then(api: &Api) {
        let client = ready(api);
        push(&client, &[count("LC-TTR", "1"), count("LC-TTR-VP", "5")]);
        api.set_time("2026-11-23T02:05:00Z");
        push(&client, &[change(count("LC-TTR", "2"), "status", json!("provisional")), count("LC-TTR-NV", "9")]);
        api.set_time("2026-11-23T02:10:00Z");
        push(&client, &[count("LC-TTR", "3")]);
        let values = |query: &str| items(&client, query).iter().map(|o| o["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(values(""), ["3", "5", "9"]);
        assert_eq!(values("?as_of=2026-11-23T02:09:59.999999Z"), ["2", "5", "9"]);
        assert_eq!(values("?as_of=2026-11-23T09:02:00%2B07:00"), ["1", "5"]);
        assert_eq!(values("?as_of=2026-11-23T01:59:59Z"), [""; 0]);
        assert_eq!(values("?as_of=2026-11-23T02:07:00Z&status=provisional"), ["2"]);
        assert_eq!(values("?as_of=2026-11-23T02:07:00Z&status=final"), ["5", "9"]);
        assert_eq!(client.get(200, "/v1/observations?as_of=2026-11-23T02:00:00Z&count=exact").body["total"], 2);
        for query in ["as_of=17", "as_of=yesterday", "as_of=2026-11-23T02:00:00Z&status=final&count=exact"] {
            assert_eq!(client.get(400, &format!("/v1/observations?{query}")).problem(), "invalid-parameter");
        }
    }

    fn the_list_filters_and_stays_in_the_subtree(api: &Api) {
        let client = ready(api);
        let months = ["2025-M12", "2026-M01", "2026-M09", "2026-M10"].map(|period| ratio("LC-TTR", period, "1", "2"));
        push(&client, &months);
        push(&client, &[count("LC-TTR-VP", "1"), change(count("LC-TTR", "2"), "period", json!("2026-A1")), change(count("LC-TTR", "2"), "breakdown", json!("đất đai"))]);
        let periods = |query: &str| items(&client, query).iter().map(|o| o["period"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(periods("?period_from=2026-M01&period_to=2026-M09"), ["2026-M01", "2026-M09"]);
        assert_eq!(periods("?indicator=CT01&period_from=2026-M09"), ["2026-M09", "2026-M10"]);
        assert_eq!(periods("?period_to=2026-M01"), ["2025-M12", "2026-M01"]);
        assert_eq!(periods("?period=2026-A1"), ["2026-A1"]);
        assert_eq!(items(&client, "?under=LC-TTR").len(), 7);
        assert_eq!(items(&client, "?under=LC-TTR-VP").len(), 1);
        assert_eq!(items(&client, "?organization=LC-TTR&status=final").len(), 2);
        assert_eq!(items(&client, "?indicator=CT02&organization=LC-TTR&period=2026-M10")[0]["breakdown"], "đất đai");
        assert_eq!(client.get(400, "/v1/observations?period_from=2026-M01&period_to=2026-Q3").codes(), ["period-frequency"]);
        assert_eq!(client.get(400, "/v1/observations?period=2026-13").codes(), ["invalid-value"]);
        client.get(404, "/v1/observations?under=LC-SKHCN");
        let id = items(&client, "?limit=1")[0]["id"].as_str().unwrap().to_owned();
        for other in [api.client("XX", ALL), api.client("LC-SKHCN", ALL), api.client("LC-TTR-VP", ALL)] {
            other.get(404, &format!("/v1/observations/{id}"));
            other.get(404, &format!("/v1/observations/{id}/history"));
        }
        assert_eq!(items(&api.client("XX", ALL), "?organization=LC-TTR").len(), 0);
        assert_eq!(items(&api.client("LC-TTR-VP", ALL), "").len(), 1);
        let (mut seen, mut path) = (0, "/v1/observations?limit=3".to_owned());
        loop {
            let page = client.get(200, &path);
            seen += page.body["items"].as_array().unwrap().len();
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            path = format!("/v1/observations?limit=3&cursor={cursor}");
        }
        assert_eq!(seen, 7);
    }

    fn an_export_begins_with_what_a_push_takes_and_can_be_pushed_again(api: &Api) {
        let client = ready(api);
        let evidence = json!([{ "title": "Báo cáo", "url": "https://a.vn/1", "sha256": null }]);
        push(&client, &[
            change(change(ratio("LC-TTR", "2026-M10", "1", "3"), "note", json!("a, \"b\"\nc")), "evidence", evidence),
            ratio("LC-TTR", "2026-M09", "0", "0"),
            change(count("LC-TTR", "12"), "breakdown", json!("đất đai")),
        ]);
        let csv = client.send(200, "GET", "/v1/observations", &[("Accept", "text/csv")], None);
        let mut lines = csv.text.lines();
        assert_eq!(lines.next(), Some("indicator,organization,period,breakdown,numerator,denominator,value,missing,status,source,note,evidence,id,definition,version,created_at,updated_at"));
        assert!(csv.text.contains("CT01,LC-TTR,2026-M10,,1,3,33.3333,,provisional,,\"a, \"\"b\"\"\nc\","), "{}", csv.text);
        assert!(csv.text.contains("CT01,LC-TTR,2026-M09,,0,0,,not_applicable,provisional,,,[],"), "{}", csv.text);
        let lines = client.send(200, "GET", "/v1/observations", &[("Accept", "application/x-ndjson")], None).text;
        let fields = ["id", "definition", "version", "created_at", "updated_at"];
        let rows: Vec<Value> = lines.lines().map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row.as_object_mut().unwrap().retain(|field, _| !fields.contains(&field.as_str()));
            row
        }).collect();
        assert_eq!(push(&client, &rows).body["counts"]["unchanged"], 3);
        client.send(406, "GET", "/v1/observations", &[("Accept", "application/xml")], None);
    }

    fn kind_flow_and_unit_are_fixed_once_there_are_figures(api: &Api) {
        let client = ready(api);
        push(&client, &[count("LC-TTR", "1")]);
        let province = api.client("LC", ALL);
        let refused = province.patch(422, "/v1/indicators/CT02", "\"1\"", &json!({ "kind": "amount", "unit": "cuộc" }));
        assert_eq!(refused.codes(), ["fixed-by-observations", "fixed-by-observations"]);
        province.patch(200, "/v1/indicators/CT02", "\"1\"", &json!({ "name": "Số cuộc thanh tra" }));
        // Old figures keep the definition that they were reported under, new ones and new versions have the new one.
        push(&client, &[count("LC-TTR", "1"), count("LC-TTR-VP", "1")]);
        let definitions = |client: &Client| items(client, "").iter().map(|o| o["definition"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(definitions(&client), [1, 2]);
        push(&client, &[count("LC-TTR", "2")]);
        assert_eq!(definitions(&client), [2, 2]);
    }

    fn sixteen_pushes_of_the_same_rows_write_each_once(api: &Api) {
        let client = ready(api);
        let row = |n: usize, value: usize| change(count("LC-TTR", &value.to_string()), "breakdown", json!(format!("{n:03}")));
        let ends: Vec<Value> = std::thread::scope(|scope| {
            let pushes: Vec<_> = (0..16).map(|thread| {
                let client = &client;
                let mut rows: Vec<_> = (0..200).map(|n| row(n, n)).collect();
                rows.rotate_left(thread * 12);
                if thread % 2 == 1 { rows.reverse(); }
                scope.spawn(move || push(client, &rows).body["counts"].clone())
            }).collect();
            pushes.into_iter().map(|push| push.join().unwrap()).collect()
        });
        let sum = |field: &str| ends.iter().map(|counts| counts[field].as_u64().unwrap()).sum::<u64>();
        assert_eq!((sum("created"), sum("updated"), sum("unchanged"), sum("rejected")), (200, 0, 15 * 200, 0));
        let all = items(&client, "?limit=500");
        assert_eq!((all.len(), all.iter().all(|o| o["version"] == 1)), (200, true));
    }

    fn sixteen_pushes_of_other_values_make_one_sequence_of_versions(api: &Api) {
        let client = ready(api);
        let ends: Vec<Vec<(i64, String)>> = std::thread::scope(|scope| {
            let pushes: Vec<_> = (0..16_i64).map(|thread| {
                let client = &client;
                let mut rows: Vec<_> = (0..20).map(|n| change(count("LC-TTR", &thread.to_string()), "breakdown", json!(format!("{n:03}")))).collect();
                if thread % 2 == 1 { rows.reverse(); }
                scope.spawn(move || push(client, &rows).body["rows"].as_array().unwrap().iter()
                    .map(|row| (row["version"].as_i64().unwrap(), row["id"].as_str().unwrap().to_owned())).collect())
            }).collect();
            pushes.into_iter().map(|push| push.join().unwrap()).collect()
        });
        let mut versions: Vec<_> = ends.into_iter().flatten().map(|(version, id)| (id, version)).collect();
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), 16 * 20, "each push made one version of each row");
        for observation in items(&client, "?limit=500") {
            assert_eq!(observation["version"], 16);
            let history = client.get(200, &format!("/v1/observations/{}/history", observation["id"].as_str().unwrap()));
            let history: Vec<_> = history.body["items"].as_array().unwrap().iter().map(|item| item["version"].as_i64().unwrap()).collect();
            assert_eq!(history, (1..=16).collect::<Vec<_>>());
        }
    }

    fn the_largest_numbers_come_back_as_they_went(api: &Api) {
        let client = ready(api);
        let amount = |value: &str, breakdown: &str| json!({ "indicator": "CT03", "organization": "LC-TTR", "period": "2026-Q3", "breakdown": breakdown, "value": value, "status": "final" });
        push(&client, &[amount("99999999999999.9999", "a"), amount("-99999999999999.9999", "b"), amount("0.1000", "c"), ratio("LC-TTR", "2026-M10", "99999999999999.9999", "99999999999999.9999")]);
        let values: Vec<_> = items(&client, "").into_iter().map(|o| o["value"].clone()).collect();
        assert_eq!(values, ["99999999999999.9999", "-99999999999999.9999", "0.1", "100"]);
    }

    fn a_push_needs_the_scope(api: &Api) {
        ready(api);
        let reader = api.client("LC-TTR", "observations:read");
        assert_eq!(reader.post(403, "/v1/observations", &json!([])).problem(), "scope-missing");
        assert_eq!(api.stranger().post(401, "/v1/observations", &json!([])).problem(), "token-missing");
    }
}
