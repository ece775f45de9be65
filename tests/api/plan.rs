//! The plan file against its decomposition, and what loading it does.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tiendo::{base::ingest::Counts, exchange::plans};

use crate::{harness::Api, on_both};

pub fn file() -> Value {
    serde_json::from_str(plans::LAI_CHAU).unwrap()
}

fn list<'a>(plan: &'a Value, name: &str) -> &'a [Value] {
    plan[name].as_array().unwrap()
}

/// Loads a plan as the operator does, and answers the report.
pub fn load(api: &Api, plan: &Value) -> Result<plans::model::Report, tiendo::base::problem::Problem> {
    let plan: plans::model::Plan = serde_json::from_value(plan.clone()).unwrap();
    let caller = crate::harness::operator_of(Some(plan.source.clone()));
    api.write(async move |db| plans::load(db, &caller, plan).await)
}

#[test]
fn every_clause_of_section_three_and_every_other_duty_is_a_task() {
    let plan = file();
    let mut sections = BTreeMap::<String, usize>::new();
    for task in list(&plan, "tasks") {
        let code = task["code"].as_str().unwrap();
        *sections
            .entry(
                code.split('.')
                    .next()
                    .unwrap()
                    .trim_end_matches(|c: char| c.is_ascii_digit() && code.starts_with('Y'))
                    .to_owned(),
            )
            .or_default() += 1;
    }
    let expected = [("N1", 11), ("N2", 4), ("N3", 4), ("N4", 4), ("N5", 7), ("N6", 2), ("N7", 1), ("Y", 10)];
    assert_eq!(sections, expected.map(|(section, count)| (section.to_owned(), count)).into());
}

#[test]
fn the_seven_targets_are_those_of_the_plan() {
    let plan = file();
    let found: Vec<_> = list(&plan, "indicators")
        .iter()
        .map(|indicator| {
            let [target] = list(indicator, "targets") else { panic!("one target each") };
            (
                indicator["code"].as_str().unwrap(),
                target["op"].as_str().unwrap(),
                target["value"].as_str().unwrap(),
                indicator["flow"].as_bool().unwrap(),
                indicator["unit"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("CT01", ">=", "100", true, "%"),
            ("CT02", ">=", "100", true, "%"),
            ("CT03", ">=", "100", false, "%"),
            ("CT04", ">=", "100", false, "%"),
            ("CT05", ">=", "100", true, "%"),
            ("CT06", ">", "90", true, "%"),
            ("CT07", ">", "50", false, "%"),
        ]
    );
    let populations: Vec<_> =
        list(&plan, "indicators").iter().map(|indicator| indicator["population"].is_null()).collect();
    assert_eq!(populations.len(), 7);
    assert_ne!(list(&plan, "indicators")[2]["population"], list(&plan, "indicators")[6]["population"]);
}

#[test]
fn the_documents_are_the_graph_that_the_plan_states() {
    let plan = file();
    let edges: Vec<_> = list(&plan, "documents")
        .iter()
        .flat_map(|document| {
            let from = document["source_key"].as_str().unwrap();
            list(document, "relations").iter().map(move |relation| {
                format!("{from} {} {}", relation["type"].as_str().unwrap(), relation["to"].as_str().unwrap())
            })
        })
        .collect();
    for edge in [
        "71-NQ-CP implements 57-NQ-TW",
        "2273-KH-UBND implements 71-NQ-CP",
        "KH-TTR implements 2273-KH-UBND",
        "KH-TTR replaces 200-KH-TTR",
        "200-KH-TTR implements 653-KH-UBND",
        "653-KH-UBND implements 03-NQ-CP",
        "03-NQ-CP implements 57-NQ-TW",
    ] {
        assert!(edges.iter().any(|found| found == edge), "{edge}");
    }
    assert_eq!((list(&plan, "documents").len(), edges.len()), (12, 12));
}

#[test]
fn what_the_text_leaves_open_is_null() {
    let plan = file();
    let own = list(&plan, "documents").iter().find(|document| document["source_key"] == "KH-TTR").unwrap();
    assert_eq!((&own["number"], &own["issued_on"]), (&Value::Null, &Value::Null));
    for task in list(&plan, "tasks") {
        for field in ["due_on", "start_on", "assigned_on", "planned_vnd", "leader"] {
            assert!(task[field].is_null(), "{} {field}", task["code"]);
        }
    }
    for organization in list(&plan, "organizations") {
        let known = organization["identifiers"].as_array().unwrap().len();
        assert_eq!(known, usize::from(organization["code"] == "LC"), "{}", organization["code"]);
    }
}

#[test]
fn the_text_is_composed() {
    use unicode_normalization::is_nfc;
    assert!(is_nfc(plans::LAI_CHAU));
}

on_both! {
    fn a_plan_loaded_twice_changes_nothing(api: &Api) {
        let first = load(api, &file()).unwrap();
        assert_eq!(first.counts["task"], Counts { created: 43, ..Counts::default() });
        assert_eq!(first.counts["indicator"].created, 7);
        assert_eq!(first.counts["document"].created, 12);
        let second = load(api, &file()).unwrap();
        assert_eq!(second.lines, Vec::<String>::new());
        let is_unchanged = |counts: &Counts| *counts == Counts { unchanged: counts.unchanged, ..Counts::default() };
        assert!(second.counts.values().all(is_unchanged), "{:?}", second.counts);
    }

    fn an_edited_plan_says_what_it_changed(api: &Api) {
        load(api, &file()).unwrap();
        let mut plan = file();
        plan["tasks"][0]["title"] = json!("Tuyên truyền");
        plan["indicators"][6]["targets"][0]["value"] = json!("60");
        plan["organizations"][1]["name"] = json!("Thanh tra tỉnh Lai Châu");
        let report = load(api, &plan).unwrap();
        assert_eq!(report.lines, [
            "updated organization LC-TTR: name",
            "updated indicator CT07: targets",
            "updated task N1.01: title",
        ]);
    }

    fn a_wrong_plan_is_refused_whole_with_the_place(api: &Api) {
        let mut plan = file();
        plan["tasks"][40]["lead"] = json!("LC-NOBODY");
        let problem = load(api, &plan).unwrap_err();
        assert_eq!(format!("{:?}", problem.errors[0].place), "Pointer(\"#/tasks/40/lead\")");
        let reader = api.client("LC", "tasks:read documents:read");
        assert_eq!(reader.get(200, "/v1/tasks?count=exact").body["total"], 0);
        assert_eq!(reader.get(200, "/v1/documents?count=exact").body["total"], 0);
    }

    fn the_loaded_plan_is_served(api: &Api) {
        load(api, &file()).unwrap();
        let office = api.client("LC-TTR", "tasks:read documents:read indicators:read");
        let task = office.get(200, "/v1/tasks/by-key/kh-ttr-2025/N7.01").body;
        assert_eq!((&task["clause"], &task["lead"], &task["state"]), (&json!("III.7 đoạn 1"), &json!("LC-TTR-VP"), &json!("assigned")));
        assert_eq!(office.get(200, "/v1/indicators/CT06/targets").body["targets"][0]["op"], ">");
        office.get(200, "/v1/documents/by-key/kh-ttr-2025/57-NQ-TW");
    }
}
