use diesel::ExpressionMethods;
use serde_json::{Value, json};
use tiendo::base::{
    clock::new_id,
    db::{both, schema::tasks, types::TaskId},
};

use crate::{
    harness::{Api, Client, Reply, operator},
    on_both,
};

const BOTH: &str = "tasks:read tasks:assign";
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

fn held(on: &str) -> Value {
    json!({ "kind": "periodic", "held_on": on })
}

fn add(client: &Client, body: &Value) -> Reply {
    client.post(201, "/v1/inspections", body)
}

/// Puts a task into the table, past the API.
fn task(api: &Api, lead: &str) -> String {
    let (id, lead, now) = (TaskId(new_id()), lead.to_owned(), operator().now());
    let row = (
        (tasks::id.eq(id), tasks::title.eq("nhiệm vụ"), tasks::lead.eq(lead), tasks::coordinators.eq("[]")),
        (
            tasks::recurrence.eq("none"),
            tasks::priority.eq("normal"),
            tasks::state.eq("assigned"),
            tasks::percent.eq(0_i64),
        ),
        (tasks::indicators.eq("[]"), tasks::search.eq(""), tasks::version.eq(1)),
        (tasks::created_at.eq(now), tasks::updated_at.eq(now)),
    );
    api.write(async move |db| Ok(both!(db, |c| diesel::insert_into(tasks::table).values(row).execute(c))?)).unwrap();
    id.to_string()
}

fn ids(list: &Reply) -> Vec<&str> {
    list.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn pointers(refused: &Reply) -> Vec<&str> {
    refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

on_both! {
    fn an_inspection_is_answered_as_it_was_sent(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let (first, second) = (task(api, "LC-TTR"), task(api, "LC-TTR-VP"));
        let body = json!({
            "kind": "ad_hoc", "held_on": "2026-11-20", "tasks": [second, first], "conclusion": "Đạt,\ncó tồn tại",
            "findings": [{ "text": "chậm", "due_on": "2026-12-15" }, { "text": "thiếu", "closed_on": "2026-11-21" }],
        });
        let created = add(&client, &body);
        let id = created.body["id"].as_str().unwrap();
        assert_eq!((created.header("location"), created.etag()), (format!("/v1/inspections/{id}").as_str(), "\"1\""));
        let expected = json!({
            "id": id, "organization": "LC-TTR", "kind": "ad_hoc", "held_on": "2026-11-20", "tasks": [first, second],
            "findings": [
                { "text": "chậm", "due_on": "2026-12-15", "closed_on": null },
                { "text": "thiếu", "due_on": null, "closed_on": "2026-11-21" },
            ],
            "conclusion": "Đạt,\ncó tồn tại", "version": 1,
            "created_at": "2026-11-23T02:00:00Z", "updated_at": "2026-11-23T02:00:00Z",
        });
        assert_eq!(created.body, expected);
        assert_eq!(client.get(200, created.header("location")).body, expected);
        let bare = add(&client, &held("2026-11-23"));
        assert_eq!((&bare.body["tasks"], &bare.body["findings"], &bare.body["conclusion"]), (&json!([]), &json!([]), &Value::Null));
    }

    fn no_inspection_was_held_in_the_future(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let refused = client.post(422, "/v1/inspections", &held("2026-11-24"));
        assert_eq!((refused.codes(), pointers(&refused)), (vec!["in-the-future"], vec!["#/held_on"]));
        // Past midnight in Ho Chi Minh City, still the day before in UTC.
        api.set_time("2026-11-23T17:00:00Z");
        let client = api.client("LC-TTR", BOTH);
        add(&client, &held("2026-11-24"));
        client.post(422, "/v1/inspections", &held("2026-11-25"));
    }

    fn a_finding_is_put_right_after_it_was_found(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let findings = json!([
            { "text": "được", "due_on": "2026-11-20", "closed_on": "2026-11-20" },
            { "text": "hạn quá sớm", "due_on": "2026-11-19" },
            { "text": "xong quá sớm", "closed_on": "2026-11-19" },
            { "text": "chưa tới", "closed_on": "2026-11-24" },
        ]);
        let refused = client.post(422, "/v1/inspections", &json!({ "kind": "periodic", "held_on": "2026-11-20", "findings": findings }));
        assert_eq!(refused.codes(), ["before-held-on", "before-held-on", "in-the-future"]);
        assert_eq!(pointers(&refused), ["#/findings/1/due_on", "#/findings/2/closed_on", "#/findings/3/closed_on"]);
        let body = json!({ "kind": "periodic", "held_on": "2026-11-20", "findings": [{ "text": "chậm", "closed_on": "2026-11-21" }] });
        let created = add(&client, &body);
        let path = created.header("location");
        // A later day of the inspection is checked against the findings that stay.
        assert_eq!(pointers(&client.patch(422, path, "\"1\"", &json!({ "held_on": "2026-11-22" }))), ["#/findings/0/closed_on"]);
    }

    fn an_inspection_looks_at_tasks_led_in_the_callers_part(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let (own, sister, foreign) = (task(api, "LC-TTR-VP"), task(api, "LC-SKHCN"), task(api, "XX-A"));
        let looking = |at: &[&str]| json!({ "kind": "periodic", "held_on": "2026-11-20", "tasks": at });
        for unseen in [sister.as_str(), foreign.as_str(), NOBODY] {
            let refused = client.post(422, "/v1/inspections", &looking(&[&own, unseen]));
            assert_eq!((refused.codes(), pointers(&refused)), (vec!["unknown-task"], vec!["#/tasks"]));
            assert!(refused.text.contains(unseen), "{}", refused.text);
        }
        assert_eq!(client.post(422, "/v1/inspections", &looking(&[&own, &own])).codes(), ["duplicate"]);
        let province = api.client("LC", BOTH);
        let body = json!({ "organization": "LC-TTR", "kind": "periodic", "held_on": "2026-11-20", "tasks": [sister] });
        let created = add(&province, &body);
        let path = created.header("location");
        // What another looked at stays; only what is added is asked for.
        client.patch(200, path, "\"1\"", &json!({ "tasks": [sister, own] }));
        assert_eq!(client.patch(422, path, "\"2\"", &json!({ "tasks": [sister, foreign] })).codes(), ["unknown-task"]);
        assert_eq!(client.patch(200, path, "\"2\"", &json!({ "tasks": [own] })).body["tasks"], json!([own]));
        assert_eq!(ids(&client.get(200, &format!("/v1/inspections?task={own}"))), [created.body["id"].as_str().unwrap()]);
        assert!(ids(&client.get(200, &format!("/v1/inspections?task={sister}"))).is_empty());
    }

    fn an_inspection_of_another_part_is_not_there(api: &Api) {
        let office = api.client("LC-TTR-VP", BOTH);
        let above = add(&api.client("LC-TTR", BOTH), &held("2026-11-20"));
        let path = above.header("location");
        for stranger in [&office, &api.client("LC-SKHCN", BOTH), &api.client("XX", BOTH)] {
            stranger.get(404, path);
            stranger.get(404, &format!("{path}/history"));
            assert_eq!(stranger.patch(404, path, "\"1\"", &json!({ "conclusion": "x" })).problem(), "not-found");
            assert_eq!(stranger.get(200, "/v1/inspections?count=exact").body["total"], 0);
            stranger.get(404, "/v1/inspections?under=LC-TTR");
        }
        api.client("LC", BOTH).get(200, path);
        for inspector in ["LC-TTR", "XX", "NOBODY"] {
            let refused = office.post(422, "/v1/inspections", &json!({ "organization": inspector, "kind": "periodic", "held_on": "2026-11-20" }));
            assert_eq!((refused.codes(), pointers(&refused)), (vec!["unknown-organization"], vec!["#/organization"]));
        }
        let own = add(&office, &held("2026-11-20"));
        assert_eq!(office.patch(422, own.header("location"), "\"1\"", &json!({ "organization": "LC-TTR" })).codes(), ["unknown-organization"]);
    }

    fn a_scope_opens_only_its_own_operations(api: &Api) {
        let reader = api.client("LC", "tasks:read tasks:progress");
        assert_eq!(reader.post(403, "/v1/inspections", &held("2026-11-20")).problem(), "scope-missing");
        assert_eq!(api.client("LC", "tasks:assign").get(403, "/v1/inspections").problem(), "scope-missing");
        assert_eq!(api.stranger().get(401, "/v1/inspections").problem(), "token-missing");
    }

    fn a_change_needs_the_current_etag_and_is_kept_in_the_history(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let created = add(&client, &json!({ "kind": "periodic", "held_on": "2026-11-20", "conclusion": "x", "findings": [{ "text": "chậm" }] }));
        let path = created.header("location");
        assert_eq!(client.send(428, "PATCH", path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        let next = json!({ "findings": [{ "text": "chậm", "closed_on": "2026-11-23" }], "conclusion": null, "kind": "ad_hoc", "organization": "LC-TTR-NV" });
        let changed = client.patch(200, path, created.etag(), &next);
        assert_eq!((changed.etag(), &changed.body["findings"][0]["closed_on"]), ("\"2\"", &json!("2026-11-23")));
        assert_eq!((&changed.body["conclusion"], &changed.body["kind"], &changed.body["organization"]), (&Value::Null, &json!("ad_hoc"), &json!("LC-TTR-NV")));
        let stale = client.patch(412, path, created.etag(), &json!({ "kind": "periodic" }));
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
        let history = client.get(200, &format!("{path}/history"));
        let versions = history.body["items"].as_array().unwrap();
        assert_eq!((versions.len(), &versions[0]["content"], &versions[1]["content"]), (2, &created.body, &changed.body));
        assert_eq!(versions[1]["type"], "inspection.updated");
    }

    fn a_list_is_filtered_and_paged(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let looked_at = task(api, "LC-TTR");
        let one = add(&client, &json!({ "kind": "periodic", "held_on": "2026-10-01", "tasks": [looked_at] }));
        let two = add(&client, &json!({ "kind": "ad_hoc", "held_on": "2026-10-02", "organization": "LC-TTR-VP" }));
        let three = add(&client, &json!({ "kind": "periodic", "held_on": "2026-10-03" }));
        let [one, two, three] = [&one, &two, &three].map(|reply| reply.body["id"].as_str().unwrap());
        for (query, expected) in [
            ("", vec![one, two, three]),
            ("kind=periodic", vec![one, three]),
            ("under=LC-TTR-VP", vec![two]),
            (&format!("task={looked_at}"), vec![one]),
            (&format!("task={NOBODY}"), vec![]),
            ("held_from=2026-10-02", vec![two, three]),
            ("held_to=2026-10-02", vec![one, two]),
            ("held_from=2026-10-02&held_to=2026-10-02", vec![two]),
            ("kind=ad_hoc&held_to=2026-10-01", vec![]),
        ] {
            let list = client.get(200, &format!("/v1/inspections?count=exact&{query}"));
            assert_eq!((ids(&list), &list.body["total"]), (expected.clone(), &json!(expected.len())), "{query}");
        }
        let first = client.get(200, "/v1/inspections?limit=2");
        assert_eq!(ids(&first), [one, two]);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        assert_eq!(ids(&client.get(200, &format!("/v1/inspections?limit=2&cursor={cursor}"))), [three]);
        assert_eq!(client.get(400, &format!("/v1/inspections?kind=ad_hoc&cursor={cursor}")).problem(), "invalid-cursor");
        for bad in ["colour=red", "held_from=1/10/2026", "kind=other", "task=7"] {
            client.get(400, &format!("/v1/inspections?{bad}"));
        }
    }

    fn bad_input_names_its_place(api: &Api) {
        let client = api.client("LC", BOTH);
        for (body, pointer) in [
            (json!({ "kind": "yearly", "held_on": "2026-11-20" }), "#/kind"),
            (json!({ "kind": "periodic" }), "#/held_on"),
            (json!({ "kind": "periodic", "held_on": "2026-11-20", "tasks": ["7"] }), "#/tasks/0"),
            (json!({ "kind": "periodic", "held_on": "2026-11-20", "findings": [{ "text": "" }] }), "#/findings/0/text"),
            (json!({ "kind": "periodic", "held_on": "2026-11-20", "findings": [{ "text": "x", "who": "y" }] }), "#/findings/0/who"),
        ] {
            assert_eq!(pointers(&client.post(422, "/v1/inspections", &body)), [pointer]);
        }
        let many = vec![json!({ "text": "x" }); 201];
        let body = json!({ "kind": "periodic", "held_on": "2026-11-20", "findings": many });
        assert_eq!(client.post(422, "/v1/inspections", &body).codes(), ["too-many"]);
        client.get(404, &format!("/v1/inspections/{NOBODY}"));
        client.get(404, "/v1/inspections/7");
    }

    fn a_repeated_post_records_one_inspection(api: &Api) {
        let client = api.client("LC", BOTH);
        let body = held("2026-11-20").to_string().into_bytes();
        let key = [("Idempotency-Key", "one")];
        let first = client.send(201, "POST", "/v1/inspections", &key, Some(body.clone()));
        let again = client.send(201, "POST", "/v1/inspections", &key, Some(body));
        assert_eq!((first.text, again.header("idempotency-replayed")), (again.text.clone(), "true"));
        assert_eq!(client.get(200, "/v1/inspections?count=exact").body["total"], 1);
    }
}
