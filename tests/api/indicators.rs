use serde_json::{Value, json};
use tiendo::{
    base::resource::Outcome,
    reference::indicators::{self, model::IndicatorCreate, store},
};

use crate::{
    fixtures,
    harness::{Api, Client, Database, operator},
    on_both,
};

const WRITE: &str = "indicators:read indicators:write";

/// The first indicator of the plan.
fn ratio(code: &str) -> Value {
    json!({ "code": code, "name": "Tỷ lệ số hóa hồ sơ", "unit": "%", "kind": "ratio", "flow": true, "frequency": "month",
        "numerator_label": "Số hồ sơ đã số hóa", "denominator_label": "Tổng số hồ sơ phải số hóa", "clause": "II.2.1",
        "group": "Số hóa – dữ liệu" })
}

fn define(client: &Client, code: &str) {
    client.post(201, "/v1/indicators", &ratio(code));
}

fn codes(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[test]
fn a_definition_stays_while_a_push_holds_it() {
    let api = Api::on(&Database::postgres());
    fixtures::run(&api, async |db| fixtures::indicator(db, "LC", "K count flow month", None).await);
    let try_to_lock = || {
        api.write(async |db| {
            fixtures::wait_for_no_lock(db).await?;
            Ok(store::lock(db, operator().subtree(), &"K".parse().unwrap()).await?.is_some())
        })
    };
    let refused = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            fixtures::run(&api, async |db| fixtures::until(db, 1, true).await);
            let end = try_to_lock();
            fixtures::release(&api, 1, 2);
            end
        });
        api.write(async move |db| {
            let rows = store::hold(db, operator().subtree(), vec!["K".parse().unwrap()]).await?;
            fixtures::at_point(db, 1).await?;
            fixtures::until(db, 2, true).await?;
            Ok(rows)
        })
        .unwrap();
        other.join().unwrap().unwrap_err()
    });
    assert_eq!((refused.kind.slug, refused.retry_after), ("unavailable", Some(1)));
    assert!(try_to_lock().unwrap(), "the push is over");
}

on_both! {
    fn an_indicator_is_defined_and_read_back(api: &Api) {
        let client = api.client("LC-TTR", WRITE);
        let created = client.post(201, "/v1/indicators", &ratio("CT01"));
        assert_eq!((created.header("location"), created.etag()), ("/v1/indicators/CT01", "\"1\""));
        let read = client.get(200, "/v1/indicators/CT01");
        assert_eq!((&read.body, read.etag()), (&created.body, "\"1\""));
        assert_eq!(read.body["organization"], "LC-TTR");
        assert_eq!((&read.body["targets"], &read.body["document"], &read.body["version"]), (&json!([]), &json!(null), &json!(1)));
        assert_eq!(client.post(409, "/v1/indicators", &ratio("CT01")).problem(), "already-exists");
        client.get(404, "/v1/indicators/CT99");
    }

    fn a_definition_is_read_from_below_and_written_from_its_owner_up(api: &Api) {
        let province = api.client("LC", WRITE);
        define(&province, "CT01");
        let office = api.client("LC-TTR-VP", WRITE);
        let read = office.get(200, "/v1/indicators/CT01");
        assert_eq!(office.patch(404, "/v1/indicators/CT01", read.etag(), &json!({ "name": "khác" })).problem(), "not-found");
        office.put(404, "/v1/indicators/CT01/targets", &json!([]));
        let foreign = api.client("XX-A", WRITE);
        for path in ["", "/history", "/targets"] {
            foreign.get(404, &format!("/v1/indicators/CT01{path}"));
        }
        assert_eq!(foreign.get(200, "/v1/indicators?count=exact").body["total"], 0);
        // Another's code is taken, and that is all that is said.
        foreign.post(409, "/v1/indicators", &ratio("CT01"));
        let mut body = ratio("CT02");
        body["organization"] = json!("LC");
        assert_eq!(foreign.post(422, "/v1/indicators", &body).body["errors"][0]["pointer"], "#/organization");
        // A sibling's definition is nobody else's to read.
        define(&api.client("LC-SKHCN", WRITE), "CT03");
        office.get(404, "/v1/indicators/CT03");
        province.get(200, "/v1/indicators/CT03");
    }

    fn the_list_filters_searches_and_pages(api: &Api) {
        let client = api.client("LC", WRITE);
        define(&client, "CT01");
        define(&client, "CT02");
        client.post(201, "/v1/indicators", &json!({ "code": "CT03", "name": "Số cuộc 100%_thanh tra", "unit": "cuộc", "kind": "count", "flow": true }));
        let list = |query: &str| client.get(200, &format!("/v1/indicators{query}")).body;
        assert_eq!(codes(&list("?kind=count")), ["CT03"]);
        assert_eq!(codes(&list("?q=SO%20HOA%20ho")), ["CT01", "CT02"]);
        assert_eq!(codes(&list("?q=ct02")), ["CT02"]);
        assert_eq!(codes(&list("?q=100%25_")), ["CT03"]);
        assert_eq!(codes(&list("?q=0_t")), [""; 0]);
        assert_eq!(codes(&list("?group=S%E1%BB%91%20h%C3%B3a%20%E2%80%93%20d%E1%BB%AF%20li%E1%BB%87u")), ["CT01", "CT02"]);
        assert_eq!(codes(&list("?document=01890000-0000-7000-8000-000000000000")), [""; 0]);
        let first = list("?limit=2&count=exact");
        assert_eq!((codes(&first), &first["total"]), (vec!["CT01", "CT02"], &json!(3)));
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(codes(&list(&format!("?limit=2&count=exact&cursor={cursor}"))), ["CT03"]);
        assert_eq!(client.get(400, "/v1/indicators?kind=share").codes(), ["invalid-value"]);
        assert_eq!(client.get(400, "/v1/indicators?colour=red").codes(), ["unknown-parameter"]);
    }

    fn a_changed_definition_is_a_new_version(api: &Api) {
        let client = api.client("LC", WRITE);
        define(&client, "CT01");
        let path = "/v1/indicators/CT01";
        assert_eq!(client.send(428, "PATCH", path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        let changed = client.patch(200, path, "\"1\"", &json!({ "method": "100 × tử số ÷ mẫu số", "group": null, "kind": "amount" }));
        assert_eq!((&changed.body["version"], &changed.body["group"], &changed.body["kind"]), (&json!(2), &json!(null), &json!("amount")));
        assert_eq!(client.patch(412, path, "\"1\"", &json!({ "name": "khác" })).body["version"], 2);
        // Nothing new is no version.
        let same = client.patch(200, path, "\"2\"", &json!({ "kind": "amount" }));
        assert_eq!((same.etag(), &same.body["version"]), ("\"2\"", &json!(2)));
        let history = client.get(200, &format!("{path}/history"));
        let versions: Vec<_> = history.body["items"].as_array().unwrap().iter().map(|item| &item["content"]["group"]).collect();
        assert_eq!(versions, [&json!("Số hóa – dữ liệu"), &json!(null)]);
        for (body, pointer, code) in [
            (json!({ "code": "CT02" }), "#/code", "unknown-field"),
            (json!({ "frequency": "week" }), "#/frequency", "wrong-type"),
            (json!({ "document": "01890000-0000-7000-8000-000000000000" }), "#/document", "unknown-document"),
        ] {
            let refused = client.patch(422, path, "\"2\"", &body);
            assert_eq!((refused.body["errors"][0]["pointer"].as_str().unwrap(), refused.codes()), (pointer, vec![code]));
        }
    }

    fn targets_are_one_set_with_its_own_version(api: &Api) {
        let client = api.client("LC", WRITE);
        define(&client, "CT01");
        let path = "/v1/indicators/CT01/targets";
        let none = client.get(200, path);
        assert_eq!((&none.body, none.etag()), (&json!({ "indicator": "CT01", "targets": [], "version": 0 }), "\"0\""));
        let set = json!([{ "op": ">=", "value": "90.00" }, { "organization": "LC-TTR", "year": 2026, "op": ">", "value": "95.5" }]);
        let first = client.put(200, path, &set);
        assert_eq!((first.etag(), &first.body["targets"]), ("\"1\"", &json!([
            { "organization": null, "year": null, "op": ">=", "value": "90" },
            { "organization": "LC-TTR", "year": 2026, "op": ">", "value": "95.5" }])));
        let indicator = client.get(200, "/v1/indicators/CT01");
        assert_eq!((&indicator.body["targets"], &indicator.body["version"]), (&first.body["targets"], &json!(1)));
        assert_ne!(indicator.etag(), "\"1\"", "what is answered has changed");
        assert_eq!(client.get(200, "/v1/indicators").body["items"][0]["targets"], first.body["targets"]);
        assert_eq!(client.put(428, path, &set).problem(), "if-match-required");
        let send = |status, etag: &str, body: &Value| client.send(status, "PUT", path, &[("If-Match", etag)], Some(body.to_string().into_bytes()));
        send(412, "\"0\"", &set);
        // The same set again is no version.
        assert_eq!(send(200, "\"1\"", &set).etag(), "\"1\"");
        let second = send(200, "\"1\"", &json!([]));
        assert_eq!((second.etag(), &second.body["targets"]), ("\"2\"", &json!([])));
        assert_eq!(client.get(200, "/v1/indicators/CT01").body["targets"], json!([]));
    }

    fn a_neighbours_targets_are_not_told_and_stay(api: &Api) {
        let (province, path) = (api.client("LC", WRITE), "/v1/indicators/CT01");
        define(&province, "CT01");
        let target = |organization: Option<&str>, value: &str| json!({ "organization": organization, "year": null, "op": ">=", "value": value });
        let set = [target(None, "50"), target(Some("LC"), "60"), target(Some("LC-TTR"), "70"), target(Some("LC-TTR-VP"), "80"), target(Some("LC-SKHCN"), "90")];
        province.put(200, &format!("{path}/targets"), &json!(set));
        let etag = province.get(200, path).etag().to_owned();
        assert_eq!(province.patch(200, path, &etag, &json!({ "group": "Nhóm" })).body["targets"], json!(set));
        for (organization, seen) in [("LC", &set[..]), ("LC-TTR", &set[..4]), ("LC-TTR-VP", &set[..4]), ("LC-TTR-NV", &set[..3])] {
            let client = api.client(organization, WRITE);
            for (path, place) in [(path, "/targets"), ("/v1/indicators/CT01/targets", "/targets"), ("/v1/indicators", "/items/0/targets"),
                ("/v1/indicators/CT01/history", "/items/1/content/targets")] {
                assert_eq!(client.get(200, path).body.pointer(place), Some(&json!(seen)), "{organization} {path}");
            }
        }
        // Its owner's client sets what it sees, and what it does not see stays.
        let (own, path) = (json!([target(Some("LC-TTR"), "71"), target(Some("LC"), "60")]), "/v1/indicators/CT02");
        let mut of_agency = ratio("CT02");
        of_agency["organization"] = json!("LC-TTR");
        province.post(201, "/v1/indicators", &of_agency);
        province.put(200, &format!("{path}/targets"), &json!(set));
        let agency = api.client("LC-TTR", WRITE);
        let version = agency.get(200, &format!("{path}/targets")).etag().to_owned();
        let put = |body: &Value, etag: &str| agency.send(200, "PUT", &format!("{path}/targets"), &[("If-Match", etag)], Some(body.to_string().into_bytes()));
        let answer = put(&own, &version);
        assert_eq!(answer.body["targets"], own);
        assert_eq!(put(&own, answer.etag()).etag(), answer.etag(), "the same again is no version");
        let whole = province.get(200, path).body["targets"].clone();
        assert_eq!(whole, json!([target(Some("LC-TTR"), "71"), target(Some("LC"), "60"), target(Some("LC-SKHCN"), "90")]));
        let foreign = json!([target(Some("LC-SKHCN"), "1")]);
        let refused = agency.send(422, "PUT", &format!("{path}/targets"), &[("If-Match", "*")], Some(foreign.to_string().into_bytes()));
        assert_eq!(refused.codes(), ["unknown-organization"]);
    }

    fn a_wrong_target_is_refused_with_its_row(api: &Api) {
        let client = api.client("LC", WRITE);
        define(&client, "CT01");
        let refuse = |body: Value| {
            let refused = client.put(422, "/v1/indicators/CT01/targets", &body);
            let fault = refused.body["errors"][0].clone();
            (fault["pointer"].as_str().unwrap().to_owned(), fault["row"].as_u64(), fault["code"].as_str().unwrap().to_owned())
        };
        let target = |organization: Value, year: Value| json!({ "organization": organization, "year": year, "op": ">=", "value": "1" });
        let at = |pointer: &str, row, code: &str| (pointer.to_owned(), Some(row), code.to_owned());
        let twice = json!([target(json!("LC"), json!(2026)), target(json!(null), json!(null)), target(json!("LC"), json!(2026))]);
        assert_eq!(refuse(twice), at("#/2", 3, "duplicate-row"));
        assert_eq!(refuse(json!([target(json!(null), json!(null)), target(json!(null), json!(null))])), at("#/1", 2, "duplicate-row"));
        assert_eq!(refuse(json!([target(json!("XX"), json!(null))])), at("#/0/organization", 1, "unknown-organization"));
        assert_eq!(refuse(json!([target(json!(null), json!(1999))])), at("#/0/year", 1, "out-of-range"));
        assert_eq!(refuse(json!([{ "op": "≥", "value": "1" }])), at("#/0/op", 1, "wrong-type"));
        assert_eq!(refuse(json!([{ "op": ">=", "value": 90.0 }])), at("#/0/value", 1, "wrong-type"));
        assert_eq!(refuse(json!([{ "op": ">=", "value": "123456789012345" }])), at("#/0/value", 1, "invalid-value"));
        assert_eq!(client.get(200, "/v1/indicators/CT01/targets").body["version"], 0);
    }

    fn a_loaded_definition_says_what_it_came_to(api: &Api) {
        let put = |name: &str, value: &str| {
            let new = serde_json::from_value(ratio("CT01")).map(|new| IndicatorCreate { name: name.parse().unwrap(), ..new }).unwrap();
            let targets = vec![serde_json::from_value(json!({ "organization": "LC-TTR", "op": ">=", "value": value })).unwrap()];
            let (indicator, outcome) = api.write(async move |db| indicators::put(db, &operator(), new, targets).await).unwrap();
            (outcome, indicator.version, indicator.targets_version)
        };
        assert_eq!(put("Tỷ lệ", "90"), (Outcome::Created, 1, 1));
        assert_eq!(put("Tỷ lệ", "90.0"), (Outcome::Unchanged, 1, 1));
        assert_eq!(put("Tỷ lệ", "95"), (Outcome::Updated, 1, 2));
        assert_eq!(put("Tỷ lệ số hóa", "95"), (Outcome::Updated, 2, 2));
        let client = api.client("LC-TTR-VP", WRITE);
        assert_eq!(client.get(200, "/v1/indicators/CT01/history?count=exact").body["total"], 2);
        assert_eq!(client.get(200, "/v1/indicators/CT01").body["targets"][0]["value"], "95");
    }

    fn the_frequency_stays_once_there_are_figures(api: &Api) {
        let client = api.client("LC", "indicators:read indicators:write observations:write");
        define(&client, "K1");
        let row = json!({ "indicator": "K1", "organization": "LC", "period": "2026-M10", "numerator": "1", "denominator": "2", "status": "final" });
        client.post(200, "/v1/observations", &json!([row]));
        let refused = client.patch(422, "/v1/indicators/K1", "*", &json!({ "frequency": "quarter" }));
        assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec!["fixed-by-observations"], &json!("#/frequency")));
    }
}
