//! Texts, keys and days are one type each: the same in every body, filter, path and file.

use serde_json::{Value, json};
use tiendo::base::{
    db::{
        prelude::*,
        schema::{documents, inspections},
    },
    problem::Place,
};

use crate::{
    fixtures,
    harness::{Client, Reply},
    on_both,
    plan::{file, load},
    task_fixture::{ASSIGN, Desk, items, text},
};

const ALL: &str =
    "documents:read documents:write tasks:read tasks:assign tasks:progress organizations:read organizations:write";
/// What people and other systems send for a day, none of which a client of `format: date` could read back.
const NO_DAYS: [&str; 9] = [
    "25-5-22",
    "2026-2-5",
    " 2026-02-05",
    "2026 - 02 - 05",
    "+12026-01-01",
    "-0044-03-15",
    "0001-01-01",
    "2026-02-30",
    "2200-01-01",
];

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

fn titles(reply: &Reply) -> Vec<String> {
    items(reply).iter().map(|item| text(&item["title"]).to_owned()).collect()
}

/// The only fault of an answer.
fn fault(reply: &Reply) -> &Value {
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 1, "{}", reply.body);
    &reply.body["errors"][0]
}

fn task(client: &Client, title: &str) -> Value {
    client.post(201, "/v1/tasks", &json!({ "title": title, "lead": "LC-TTR" })).body
}

on_both! {
    fn what_looks_the_same_is_found_the_same(api: &Api) {
        let client = api.client("LC", ASSIGN);
        for title in ["Kế hoạch Ðảng", "Kế\u{a0}hoạch\u{202f}Đảng", " Ke\u{302}\u{301}\u{200b} hoa\u{323}ch\tĐa\u{309}ng\u{feff}"] {
            assert_eq!(task(&client, title)["title"], "Kế hoạch Đảng", "{title:?}");
        }
        for q in ["kế hoạch đảng", "ke\u{a0}hoach\u{2007} dang ", "KẾ HOẠCH ÐẢNG", "ke\u{302}\u{301} \u{200b}hoạch"] {
            assert_eq!(titles(&client.get(200, &format!("/v1/tasks?q={}", percent_encoded(q)))).len(), 3, "{q:?}");
        }
        client.post(201, "/v1/tasks", &json!({ "title": "x", "lead": " LC-TTR\u{a0}", "group": "III.\u{a0}1" }));
        let group = client.get(200, &format!("/v1/tasks?group={}&lead=%20LC-TTR", percent_encoded("III.\u{2003} 1\u{200b}")));
        assert_eq!((titles(&group), &items(&group)[0]["lead"]), (vec!["x".to_owned()], &json!("LC-TTR")));
    }

    fn a_text_of_nothing_visible_is_empty(api: &Api) {
        let client = api.client("LC", ASSIGN);
        for nothing in ["", " ", "\u{a0}\u{202f}", "\u{200b}\u{feff}\u{2060}", "\r\n\t", "\u{ad}\u{200e}"] {
            for (field, code) in [("title", "invalid-value"), ("description", "invalid-value")] {
                let mut body = json!({ "title": "x", "lead": "LC-TTR" });
                body[field] = json!(nothing);
                let refused = client.post(422, "/v1/tasks", &body);
                assert_eq!((refused.codes(), &fault(&refused)["pointer"]), (vec![code], &json!(format!("#/{field}"))), "{nothing:?}");
            }
            client.get(400, &format!("/v1/tasks?q={}", percent_encoded(nothing)));
        }
    }

    fn long_texts_keep_their_line_breaks(api: &Api) {
        let client = api.client("LC", ASSIGN);
        let body = json!({ "title": "hai\ndòng", "lead": "LC-TTR", "description": "\r\n- Số  hóa\u{a0}\r\n\r\n\t- Ðất đai\u{b}- Hết \n" });
        let made = client.post(201, "/v1/tasks", &body).body;
        assert_eq!((&made["title"], &made["description"]), (&json!("hai dòng"), &json!("- Số hóa\n\n- Đất đai\n- Hết")));
    }

    fn a_key_is_composed_and_trimmed_and_else_kept(api: &Api) {
        let client = api.client_of("LC", ALL, Some("qlvb"));
        let (composed, decomposed) = ("Kế\u{a0}hoạch  Ð/1", " Ke\u{302}\u{301}\u{a0}hoa\u{323}ch  Ð/1\u{200b}");
        let body = json!({ "title": "t", "lead": "LC-TTR" });
        let made = client.put(201, &format!("/v1/tasks/by-key/qlvb/{}", percent_encoded(decomposed)), &body).body;
        assert_eq!(made["source_key"], composed);
        let again = client.put(200, &format!("/v1/tasks/by-key/%20qlvb/{}", percent_encoded(composed)), &body);
        assert_eq!(again.body["id"], made["id"]);
        let mut posted = json!({ "title": "t", "lead": "LC-TTR", "source": "qlvb", "source_key": "a\u{323}\u{302}\n" });
        assert_eq!(client.post(201, "/v1/tasks", &posted).body["source_key"], "ậ");
        posted["source_key"] = json!("\u{2060}\u{a0}");
        assert_eq!(client.post(422, "/v1/tasks", &posted).codes(), ["invalid-value"]);
        for (path, field) in [(format!("qlvb/{}", "a".repeat(201)), "source_key"), ("qlvb/%01".to_owned(), "source_key"), ("-/a".to_owned(), "source")] {
            let refused = client.put(400, &format!("/v1/tasks/by-key/{path}"), &body);
            assert_eq!((refused.problem(), &fault(&refused)["parameter"]), ("invalid-parameter", &json!(field)), "{path}");
            client.get(404, &format!("/v1/tasks/by-key/{path}"));
        }
    }

    fn a_number_of_a_document_is_as_it_is_printed(api: &Api) {
        let client = api.client_of("LC", ALL, Some("qlvb"));
        for (key, (sent, kept)) in [
            ("06-CTr/TU", "06-CTr/TU"), ("08-QĐi/TW", "08-QĐi/TW"), ("12-TTr/TU\u{a0}", "12-TTr/TU"),
            ("1/QÐ-TTg", "1/QĐ-TTg"), ("\u{feff}2273/KH-UBND ", "2273/KH-UBND"),
        ].into_iter().enumerate() {
            let body = json!({ "number": sent, "kind": "programme", "title": "t" });
            assert_eq!(client.put(201, &format!("/v1/documents/by-key/qlvb/{key}"), &body).body["number"], kept);
        }
        assert_eq!(items(&client.get(200, &format!("/v1/documents?number={}", percent_encoded("1/QÐ-TTg ")))).len(), 1);
        client.post(422, "/v1/documents", &json!({ "number": "2273/ KH-UBND", "kind": "plan", "title": "t" }));
    }

    fn a_wrong_day_is_one_message_in_every_body(api: &Api) {
        let client = api.client("LC", ALL);
        let path = Desk::of(api).task(&json!({}));
        let (updates, changes) = (format!("{path}/progress-updates"), format!("{path}/deadline-changes"));
        let bodies: Vec<(&str, &str, Value)> = vec![
            ("/v1/documents", "issued_on", json!({ "title": "t", "kind": "other" })),
            ("/v1/organizations", "valid_from", json!({ "code": "LC-X", "name": "x", "kind": "x", "parent": "LC" })),
            ("/v1/organizations", "valid_to", json!({ "code": "LC-X", "name": "x", "kind": "x", "parent": "LC" })),
            ("/v1/inspections", "held_on", json!({ "kind": "ad_hoc" })),
            ("/v1/tasks", "assigned_on", json!({ "title": "t", "lead": "LC-TTR" })),
            ("/v1/tasks", "start_on", json!({ "title": "t", "lead": "LC-TTR" })),
            ("/v1/tasks", "due_on", json!({ "title": "t", "lead": "LC-TTR" })),
            (&updates, "as_of", json!({ "percent": "1", "results": "x" })),
            (&changes, "new_due_on", json!({ "reason": "x", "approved_by": "x" })),
        ];
        for (path, field, body) in &bodies {
            for day in NO_DAYS {
                let mut body = body.clone();
                body[*field] = json!(day);
                assert_no_day(&client.post(422, path, &body), &json!(format!("#/{field}")));
            }
            let mut body = body.clone();
            body[*field] = json!(20_260_205);
            assert_eq!(client.post(422, path, &body).codes(), ["wrong-type"]);
        }
        let inspection = |on: &str| json!({ "kind": "ad_hoc", "held_on": "2026-11-20", "findings": [{ "text": "x", "due_on": on }] });
        assert_no_day(&client.post(422, "/v1/inspections", &inspection("2026-2-5")), &json!("#/findings/0/due_on"));
        let etag = client.get(200, &path).etag().to_owned();
        assert_no_day(&client.patch(422, &path, &etag, &json!({ "due_on": "0001-01-01" })), &json!("#/due_on"));
        for day in ["1900-01-01", "2199-12-31"] {
            let made = client.post(201, "/v1/documents", &json!({ "title": "t", "kind": "other", "issued_on": day }));
            assert_eq!(made.body["issued_on"], day);
        }
    }

    fn a_wrong_day_is_one_message_in_every_filter(api: &Api) {
        let client = api.client("LC", "tasks:read reports:read observations:read");
        for filter in [
            "tasks?due_before", "inspections?held_from", "inspections?held_to", "progress?as_of", "calendars/ND09/periods?date",
        ] {
            for day in NO_DAYS {
                let refused = client.get(400, &format!("/v1/{filter}={}", percent_encoded(day)));
                let name = filter.split_once('?').unwrap().1;
                assert_eq!((refused.codes(), &fault(&refused)["parameter"]), (vec!["invalid-value"], &json!(name)), "{day}");
                assert!(text(&fault(&refused)["detail"]).contains("2026-12-31"), "{}", refused.body);
            }
        }
    }

    fn a_file_is_read_as_a_body_is(api: &Api) {
        let mut plan = file();
        for (list, at, field) in [("documents", 0, "issued_on"), ("tasks", 3, "due_on")] {
            let mut wrong = plan.clone();
            wrong[list][at][field] = json!("25-5-22");
            let refused = load(api, &wrong).unwrap_err();
            let [fault] = refused.errors.as_slice() else { panic!("one fault: {refused:?}") };
            let place = Place::Pointer(format!("#/{list}/{at}/{field}"));
            assert_eq!((&fault.place, fault.code.as_str()), (&place, "invalid-value"));
        }
        plan["tasks"][0]["title"] = json!("Kế\u{a0}hoạch  Ðảng");
        let key = text(&plan["tasks"][0]["document"]).to_owned();
        plan["tasks"][0]["document"] = json!(format!(" {key}\u{a0}"));
        load(api, &plan).unwrap();
        assert_eq!(titles(&api.client("LC", ASSIGN).get(200, "/v1/tasks?q=ke+hoach+dang")), ["Kế hoạch Đảng"]);
    }

    fn what_was_stored_before_the_rule_is_still_read(api: &Api) {
        let client = api.client("LC", ALL);
        let document = client.post(201, "/v1/documents", &json!({ "title": "t", "kind": "other" })).header("location").to_owned();
        let inspection = client.post(201, "/v1/inspections", &json!({ "kind": "ad_hoc", "held_on": "2026-11-20" })).header("location").to_owned();
        fixtures::run(api, async |db| {
            let day = chrono::NaiveDate::from_ymd_opt(1, 1, 1);
            both!(db, |c| diesel::update(documents::table).set(documents::issued_on.eq(day)).execute(c))?;
            let findings = r#"[{"text":"a  b","due_on":"0001-01-01","closed_on":null}]"#;
            both!(db, |c| diesel::update(inspections::table).set(inspections::findings.eq(findings)).execute(c)).map(drop)
        });
        assert_eq!(client.get(200, &document).body["issued_on"], "0001-01-01");
        let finding = &client.get(200, &inspection).body["findings"][0];
        assert_eq!(finding, &json!({ "text": "a  b", "due_on": "0001-01-01", "closed_on": null }));
        let etag = client.get(200, &document).etag().to_owned();
        client.patch(200, &document, &etag, &json!({ "title": "u" }));
    }
}

fn assert_no_day(refused: &Reply, pointer: &Value) {
    let fault = fault(refused);
    assert_eq!((&fault["code"], &fault["pointer"]), (&json!("invalid-value"), pointer));
    assert!(text(&fault["detail"]).contains("ví dụ \"2026-12-31\""), "{fault}");
}
