//! Merge patches of lists (RFC 7396): absent keeps, null empties, a list replaces.

use serde_json::{Value, json};

use crate::{
    harness::Client,
    on_both,
    task_fixture::{Desk, indicator},
};

/// Patches a list away by null, after a patch without it that must keep it.
fn null_empties(client: &Client, path: &str, list: &str, other: &Value) {
    let before = client.get(200, path).body[list].clone();
    assert!(before.as_array().is_some_and(|items| !items.is_empty()), "{path} {list}: {before}");
    let kept = client.patch(200, path, "*", other);
    assert_eq!(kept.body[list], before, "{path}: an absent list stays");
    let emptied = client.patch(200, path, kept.etag(), &json!({ list: null }));
    assert_eq!(emptied.body[list], json!([]), "{path}: null empties {list}");
    assert_eq!(client.get(200, path).body[list], json!([]));
}

on_both! {
    fn null_empties_the_lists_of_a_task(api: &Api) {
        let task_fixture = Desk::of(api);
        indicator(api, "LC-TTR", "CT01");
        let path = task_fixture.task(&json!({ "coordinators": ["LC-TTR-NV"], "indicators": ["CT01"] }));
        null_empties(&task_fixture.assigner, &path, "coordinators", &json!({ "priority": "high" }));
        null_empties(&task_fixture.assigner, &path, "indicators", &json!({ "priority": "low" }));
    }

    fn null_empties_the_relations_of_a_document(api: &Api) {
        let client = api.client("LC", "documents:read documents:write");
        let add = |body: Value| client.post(201, "/v1/documents", &body);
        let resolution = add(json!({ "kind": "resolution", "title": "Nghị quyết", "number": "71/NQ-CP" }));
        let relation = json!([{ "type": "implements", "document": resolution.body["id"] }]);
        let plan = add(json!({ "kind": "plan", "title": "Kế hoạch", "relations": relation }));
        null_empties(&client, plan.header("location"), "relations", &json!({ "title": "Kế hoạch thực hiện" }));
    }

    fn null_empties_the_lists_of_an_inspection(api: &Api) {
        let task_fixture = Desk::of(api);
        let task = task_fixture.task(&json!({}));
        let id = task_fixture.get(&task)["id"].clone();
        let body = json!({ "kind": "periodic", "held_on": "2026-11-20", "tasks": [id], "findings": [{ "text": "chậm" }] });
        let made = task_fixture.assigner.post(201, "/v1/inspections", &body);
        null_empties(&task_fixture.assigner, made.header("location"), "tasks", &json!({ "conclusion": "Đạt" }));
        null_empties(&task_fixture.assigner, made.header("location"), "findings", &json!({ "conclusion": "Đạt yêu cầu" }));
    }

    fn null_empties_the_identifiers_of_an_organization_which_are_fifty_at_most(api: &Api) {
        let client = api.client("LC", "organizations:read organizations:write");
        let path = "/v1/organizations/LC-TTR";
        let codes = |count: usize| (0..count).map(|n| json!({ "scheme": "thử", "value": n.to_string() })).collect::<Value>();
        let refused = client.patch(422, path, "*", &json!({ "identifiers": codes(51) }));
        assert_eq!(refused.body["errors"][0]["pointer"], "#/identifiers");
        client.patch(200, path, "*", &json!({ "identifiers": codes(50) }));
        null_empties(&client, path, "identifiers", &json!({ "name": "Thanh tra tỉnh Lai Châu" }));
    }
}
