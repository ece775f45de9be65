use std::thread;

use serde_json::{Value, json};

use crate::{
    harness::{Client, Reply, operator},
    on_both,
};
use tiendo::{
    base::{auth::Caller, db::types::DocumentId},
    reference::documents,
};

const BOTH: &str = "documents:read documents:write";

fn plan(title: &str) -> Value {
    json!({ "kind": "plan", "title": title })
}

/// Adds a document and answers its id.
fn add(client: &Client, body: &Value) -> String {
    client.post(201, "/v1/documents", body).body["id"].as_str().unwrap().to_owned()
}

/// Adds a document that stands in one relation.
fn add_related(client: &Client, title: &str, kind: &str, to: &str) -> String {
    add(client, &json!({ "kind": "plan", "title": title, "relations": [{ "type": kind, "document": to }] }))
}

fn titles(list: &Reply) -> Vec<&str> {
    list.body["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

fn by_key(key: &str) -> String {
    let path = "/v1/documents/by-key/qlvb/".to_owned();
    key.bytes().fold(path, |path, byte| format!("{path}%{byte:02X}"))
}

on_both! {
    fn a_document_is_answered_as_it_was_sent(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let root = add(&client, &json!({ "kind": "resolution", "number": "71/NQ-CP", "title": "Nghị quyết 71", "issuer": "Chính phủ" }));
        let body = json!({
            "number": "2273/KH-UBND", "kind": "plan", "title": "Thực hiện Nghị quyết 71", "issuer": "UBND tỉnh",
            "issued_on": "2025-05-22", "status": "in_force",
            "relations": [{ "type": "implements", "document": root }, { "type": "based_on", "document": root }],
        });
        let created = client.post(201, "/v1/documents", &body);
        let id = created.body["id"].as_str().unwrap();
        assert_eq!(created.header("location"), format!("/v1/documents/{id}"));
        assert_eq!(created.etag(), "\"1\"");
        let read = client.get(200, created.header("location"));
        assert_eq!(read.body, created.body);
        let expected = json!({
            "id": id, "source": null, "source_key": null, "organization": "LC-TTR", "number": "2273/KH-UBND", "kind": "plan",
            "title": "Thực hiện Nghị quyết 71", "issuer": "UBND tỉnh", "issued_on": "2025-05-22", "status": "in_force",
            "relations": [{ "type": "based_on", "document": root }, { "type": "implements", "document": root }],
            "version": 1, "created_at": "2026-11-23T02:00:00Z", "updated_at": "2026-11-23T02:00:00Z",
        });
        assert_eq!(read.body, expected);
        client.send(304, "GET", created.header("location"), &[("If-None-Match", read.etag())], None);
    }

    fn a_document_without_a_number_is_a_draft(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        assert_eq!(client.post(201, "/v1/documents", &plan("x")).body["status"], "draft");
        let numbered = json!({ "kind": "plan", "title": "x", "number": "1/KH-TTr" });
        assert_eq!(client.post(201, "/v1/documents", &numbered).body["status"], "in_force");
    }

    fn a_number_outside_the_three_grammars_is_refused(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        for number in ["2273", "57/nq_TW", "KH-UBND/2273"] {
            let refused = client.post(422, "/v1/documents", &json!({ "kind": "plan", "title": "x", "number": number }));
            assert_eq!(refused.body["errors"][0]["pointer"], "#/number");
            let rule = refused.body["errors"][0]["detail"].as_str().unwrap();
            assert!(["2273/KH-UBND", "09/2019/NĐ-CP", "57-NQ/TW"].iter().all(|grammar| rule.contains(grammar)), "{rule}");
        }
        client.get(400, "/v1/documents?number=2273");
    }

    fn a_secret_document_leaves_no_trace(api: &Api) {
        let client = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        let secret = json!({ "kind": "plan", "title": "mật", "secret": true });
        let key = [("Idempotency-Key", "one")];
        let refused = client.send(422, "POST", "/v1/documents", &key, Some(secret.to_string().into_bytes()));
        assert_eq!(refused.problem(), "secret-document");
        assert_eq!(client.put(422, &by_key("1"), &secret).problem(), "secret-document");
        assert_eq!(client.get(200, "/v1/documents?count=exact").body["total"], 0);
        let open = json!({ "kind": "plan", "title": "thường", "secret": false });
        // The key was not kept with the refusal, so another body may have it.
        let created = client.send(201, "POST", "/v1/documents", &key, Some(open.to_string().into_bytes()));
        let path = created.header("location");
        assert_eq!(client.patch(422, path, created.etag(), &json!({ "secret": true, "title": "mật" })).problem(), "secret-document");
        assert!(!client.get(200, path).text.contains("secret"));
        assert_eq!(client.get(200, &format!("{path}/history")).body["items"].as_array().unwrap().len(), 1);
    }

    fn what_stands_above_is_read_and_not_written(api: &Api) {
        let province = api.client("LC", BOTH);
        let office = api.client("LC-TTR-VP", BOTH);
        let sister = api.client("LC-SKHCN", BOTH);
        let above = format!("/v1/documents/{}", add(&province, &plan("tỉnh")));
        let below = format!("/v1/documents/{}", add(&office, &plan("văn phòng")));
        let etag = office.get(200, &above).etag().to_owned();
        office.get(200, &format!("{above}/history"));
        assert_eq!(office.patch(404, &above, &etag, &json!({ "title": "x" })).problem(), "not-found");
        province.get(200, &below);
        assert_eq!(titles(&office.get(200, "/v1/documents")), ["tỉnh", "văn phòng"]);
        assert_eq!(titles(&sister.get(200, "/v1/documents")), ["tỉnh"]);
        sister.get(404, &below);
        sister.get(404, &format!("{below}/history"));
        let foreign = api.client("XX", BOTH);
        assert_eq!(foreign.get(200, "/v1/documents?count=exact").body["total"], 0);
        foreign.get(404, &above);
        foreign.patch(404, &above, &etag, &json!({ "title": "x" }));
    }

    fn an_owner_must_be_in_the_callers_part_of_the_tree(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        for owner in ["LC", "XX", "LC-SKHCN", "NOBODY"] {
            let body = json!({ "kind": "plan", "title": "x", "organization": owner });
            let refused = client.post(422, "/v1/documents", &body);
            assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec!["unknown-organization"], &json!("#/organization")));
        }
        let created = client.post(201, "/v1/documents", &json!({ "kind": "plan", "title": "x", "organization": "LC-TTR-VP" }));
        assert_eq!(created.body["organization"], "LC-TTR-VP");
        let path = created.header("location");
        assert_eq!(client.patch(422, path, created.etag(), &json!({ "organization": "LC" })).codes(), ["unknown-organization"]);
        assert_eq!(client.patch(200, path, created.etag(), &json!({ "organization": "LC-TTR" })).body["organization"], "LC-TTR");
        api.client("LC-TTR-NV", BOTH).get(200, path);
    }

    fn a_scope_opens_only_its_own_operations(api: &Api) {
        let reader = api.client("LC", "documents:read");
        assert_eq!(reader.post(403, "/v1/documents", &plan("x")).problem(), "scope-missing");
        assert_eq!(reader.put(403, &by_key("1"), &plan("x")).problem(), "scope-missing");
        let writer = api.client("LC", "documents:write");
        assert_eq!(writer.get(403, "/v1/documents").problem(), "scope-missing");
        assert_eq!(api.stranger().get(401, "/v1/documents").problem(), "token-missing");
    }

    fn a_change_needs_the_current_etag_and_is_kept_in_the_history(api: &Api) {
        let client = api.client("LC-TTR", BOTH);
        let root = add(&client, &plan("gốc"));
        let created = client.post(201, "/v1/documents", &json!({
            "kind": "plan", "title": "một", "issuer": "UBND", "issued_on": "2025-05-22", "number": "1/KH-TTr",
            "relations": [{ "type": "implements", "document": root }],
        }));
        let path = created.header("location");
        assert_eq!(client.send(428, "PATCH", path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        api.wait_seconds(60);
        let next = json!({ "title": "hai", "issuer": null, "issued_on": null, "number": null, "status": "replaced", "relations": [] });
        let changed = client.patch(200, path, created.etag(), &next);
        assert_eq!((changed.etag(), &changed.body["version"]), ("\"2\"", &json!(2)));
        assert_eq!(changed.body["updated_at"], "2026-11-23T02:01:00Z");
        for field in ["issuer", "issued_on", "number"] {
            assert!(changed.body[field].is_null(), "{field}");
        }
        assert_eq!((&changed.body["status"], &changed.body["relations"]), (&json!("replaced"), &json!([])));
        assert_eq!(client.get(200, path).body, changed.body);
        let stale = client.patch(412, path, created.etag(), &json!({ "title": "ba" }));
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
        let history = client.get(200, &format!("{path}/history"));
        let versions = history.body["items"].as_array().unwrap();
        assert_eq!(versions.iter().map(|each| each["type"].as_str().unwrap()).collect::<Vec<_>>(), ["document.created", "document.updated"]);
        assert_eq!(versions[0]["content"], created.body);
        assert_eq!(versions[1]["content"], changed.body);
        client.patch(422, path, changed.etag(), &json!({ "title": null, "kind": "law" }));
        client.patch(422, path, changed.etag(), &json!({ "source": "qlvb" }));
    }

    fn a_key_may_hold_slashes_commas_and_vietnamese(api: &Api) {
        let client = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        for key in ["000.00.00.H35,2025/05/22,2273/KH-UBND", "Kế hoạch số 5/Đ", "a%2Fb", "a+b c", "100%"] {
            let created = client.put(201, &by_key(key), &plan(key));
            assert_eq!((&created.body["source"], &created.body["source_key"]), (&json!("qlvb"), &json!(key)));
            let read = client.get(200, &by_key(key));
            assert_eq!(read.body, created.body);
            assert_eq!(client.get(200, created.header("location")).body, created.body);
        }
        client.get(404, "/v1/documents/by-key/qlvb/000.00.00.H35,2025/05/22,2273/KH-UBND");
        client.get(404, "/v1/documents/by-key/qlvb/none");
        client.get(404, "/v1/documents/by-key/other/100%25");
        api.client("LC-SKHCN", BOTH).get(404, &by_key("100%"));
    }

    fn a_repeated_put_changes_nothing(api: &Api) {
        let client = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        let root = add(&client, &plan("gốc"));
        let other = add(&client, &plan("khác"));
        let body = |first: &str, second: &str| json!({
            "kind": "plan", "title": "một", "number": "200/KH-TTr",
            "relations": [{ "type": "implements", "document": first }, { "type": "implements", "document": second }],
        });
        let created = client.put(201, &by_key("1"), &body(&root, &other));
        api.wait_seconds(60);
        // The same relations in another order are the same relations.
        let again = client.put(200, &by_key("1"), &body(&other, &root));
        assert_eq!((again.body, again.headers.get("etag")), (created.body.clone(), created.headers.get("etag")));
        let path = format!("/v1/documents/{}", created.body["id"].as_str().unwrap());
        assert_eq!(client.get(200, &format!("{path}/history?count=exact")).body["total"], 1);
        let changed = client.put(200, &by_key("1"), &json!({ "kind": "plan", "title": "hai" }));
        assert_eq!((&changed.body["version"], &changed.body["created_at"]), (&json!(2), &created.body["created_at"]));
        assert_eq!((&changed.body["number"], &changed.body["relations"]), (&Value::Null, &json!([])));
        assert_eq!(client.get(200, &format!("{path}/history?count=exact")).body["total"], 2);
        // What was read can be pushed back, apart from what the service alone says.
        let mut read = client.get(200, &path).body;
        for field in ["id", "version", "created_at", "updated_at"] {
            read.as_object_mut().unwrap().remove(field);
        }
        assert_eq!(client.put(200, &by_key("1"), &read).body["version"], 2);
    }

    fn a_put_may_be_conditional(api: &Api) {
        let client = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        let conditional = |expected, etag: &str, title: &str| {
            client.send(expected, "PUT", &by_key("1"), &[("If-Match", etag)], Some(plan(title).to_string().into_bytes()))
        };
        assert_eq!(conditional(412, "\"1\"", "x").problem(), "version-stale");
        client.put(201, &by_key("1"), &plan("một"));
        conditional(200, "\"1\"", "hai");
        let stale = conditional(412, "\"1\"", "ba");
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
    }

    fn only_its_source_changes_a_document(api: &Api) {
        let source = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        let admin = api.client("LC", BOTH);
        let created = source.put(201, &by_key("1"), &plan("một"));
        let path = created.header("location");
        assert_eq!(admin.patch(403, path, created.etag(), &json!({ "title": "hai" })).problem(), "source-not-yours");
        assert_eq!(admin.put(403, &by_key("1"), &plan("hai")).problem(), "source-not-yours");
        assert_eq!(admin.put(403, &by_key("2"), &plan("hai")).problem(), "source-not-yours");
        let mut body = json!({ "kind": "plan", "title": "x", "source": "qlvb", "source_key": "3" });
        assert_eq!(admin.post(403, "/v1/documents", &body).problem(), "source-not-yours");
        source.post(201, "/v1/documents", &body);
        assert_eq!(source.post(409, "/v1/documents", &body).problem(), "already-exists");
        assert_eq!(source.put(200, &by_key("3"), &plan("x")).body["version"], 1);
        body.as_object_mut().unwrap().remove("source_key");
        assert_eq!(source.post(422, "/v1/documents", &body).body["errors"][0]["pointer"], "#/source_key");
        let mismatch = json!({ "kind": "plan", "title": "x", "source_key": "4" });
        assert_eq!(source.put(422, &by_key("3"), &mismatch).codes(), ["key-mismatch"]);
        source.patch(200, path, created.etag(), &json!({ "title": "hai" }));
    }

    fn a_relation_points_at_another_readable_document_once(api: &Api) {
        let province = add(&api.client("LC", BOTH), &plan("tỉnh"));
        let sister = add(&api.client("LC-SKHCN", BOTH), &plan("sở"));
        let client = api.client("LC-TTR", BOTH);
        let own = client.post(201, "/v1/documents", &plan("thanh tra"));
        let own_id = own.body["id"].as_str().unwrap();
        let relate = |expected, relations: Value| client.patch(expected, own.header("location"), "*", &json!({ "relations": relations }));
        for (target, code) in [(own_id, "self-relation"), (&sister, "unknown-document"), ("01890000-0000-7000-8000-000000000000", "unknown-document")] {
            let refused = relate(422, json!([{ "type": "based_on", "document": target }]));
            assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec![code], &json!("#/relations")));
        }
        let one = json!({ "type": "based_on", "document": province });
        assert_eq!(relate(422, json!([one, one])).codes(), ["duplicate"]);
        let repeated = json!({ "kind": "plan", "title": "x", "relations": [one, one] });
        assert_eq!(client.post(422, "/v1/documents", &repeated).codes(), ["duplicate"]);
        let unknown = json!({ "kind": "plan", "title": "x", "relations": [{ "type": "based_on", "document": sister }] });
        assert_eq!(client.post(422, "/v1/documents", &unknown).codes(), ["unknown-document"]);
        assert_eq!(relate(422, json!([{ "type": "likes", "document": province }])).body["errors"][0]["pointer"], "#/relations/0/type");
        relate(200, json!([one, { "type": "implements", "document": province }]));
        let many: Vec<_> = (0..201).map(|n| json!({ "type": "produces", "document": format!("01890000-0000-7000-8000-{n:012}") })).collect();
        assert_eq!(relate(422, json!(many)).codes(), ["too-many"]);
    }

    fn implements_and_replaces_make_no_cycle(api: &Api) {
        let client = api.client("LC", BOTH);
        for kind in ["implements", "replaces"] {
            let root = add(&client, &plan("một"));
            let middle = add_related(&client, "hai", kind, &root);
            let leaf = add_related(&client, "ba", kind, &middle);
            let path = format!("/v1/documents/{root}");
            for target in [&middle, &leaf] {
                let back = json!({ "relations": [{ "type": kind, "document": target }] });
                assert_eq!(client.patch(422, &path, "\"1\"", &back).codes(), ["cycle"]);
            }
            // Other types may go round.
            client.patch(200, &path, "\"1\"", &json!({ "relations": [{ "type": "coordinated_with", "document": leaf }] }));
        }
    }

    fn two_changes_at_once_close_no_cycle(api: &Api) {
        let client = api.client("LC", BOTH);
        let ids: Vec<_> = (0..6).map(|n| add(&client, &plan(&n.to_string()))).collect();
        let statuses: Vec<u16> = thread::scope(|scope| {
            let runs: Vec<_> = (0..ids.len()).map(|n| {
                let (client, from, to) = (&client, &ids[n], &ids[(n + 1) % ids.len()]);
                scope.spawn(move || {
                    let body = json!({ "relations": [{ "type": "implements", "document": to }] }).to_string().into_bytes();
                    let url = format!("{}/v1/documents/{from}", client.base);
                    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
                    let request = agent.patch(url).header("Authorization", format!("Bearer {}", client.token));
                    request.header("If-Match", "\"1\"").content_type("application/json").send(&body).unwrap().status().as_u16()
                })
            }).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(200), count(422)), (5, 1), "{statuses:?}");
    }

    fn puts_of_one_key_at_once_make_one_document(api: &Api) {
        let client = api.client_of("LC", BOTH, Some("qlvb"));
        let statuses: Vec<u16> = thread::scope(|scope| {
            let runs: Vec<_> = (0..8).map(|_| {
                let client = &client;
                scope.spawn(move || {
                    let url = format!("{}{}", client.base, by_key("1/2"));
                    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
                    let request = agent.put(url).header("Authorization", format!("Bearer {}", client.token));
                    request.content_type("application/json").send(plan("x").to_string()).unwrap().status().as_u16()
                })
            }).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 201)), "{statuses:?}");
        let path = format!("/v1/documents/{}/history?count=exact", client.get(200, &by_key("1/2")).body["id"].as_str().unwrap());
        assert_eq!(client.get(200, &path).body["total"], 1);
    }

    fn a_list_is_filtered_and_paged(api: &Api) {
        let client = api.client_of("LC-TTR", BOTH, Some("qlvb"));
        add(&client, &json!({ "kind": "resolution", "title": "Đột phá khoa học, công nghệ", "number": "57-NQ/TW", "issuer": "Bộ Chính trị" }));
        add(&client, &json!({ "kind": "plan", "title": "Tiến độ 100%", "number": "200/KH-TTr", "status": "replaced", "organization": "LC-TTR-VP" }));
        client.put(201, &by_key("1"), &json!({ "kind": "plan", "title": "a_b", "number": "/KH-TTr" }));
        for (query, expected) in [
            ("kind=resolution", vec!["Đột phá khoa học, công nghệ"]),
            ("kind=plan", vec!["Tiến độ 100%", "a_b"]),
            ("status=replaced", vec!["Tiến độ 100%"]),
            ("organization=LC-TTR", vec!["Đột phá khoa học, công nghệ", "a_b"]),
            ("organization=XX", vec![]),
            ("number=57-NQ%2FTW", vec!["Đột phá khoa học, công nghệ"]),
            ("number=%2FKH-TTr", vec!["a_b"]),
            ("source=qlvb", vec!["a_b"]),
            ("q=DOT%20PHA", vec!["Đột phá khoa học, công nghệ"]),
            ("q=bo+chinh", vec!["Đột phá khoa học, công nghệ"]),
            ("q=kh-ttr", vec!["Tiến độ 100%", "a_b"]),
            ("q=100%25", vec!["Tiến độ 100%"]),
            ("q=0%250", vec![]),
            ("q=a_b", vec!["a_b"]),
            ("q=t_r", vec![]),
            ("q=%5C", vec![]),
            ("kind=plan&q=tien&status=replaced", vec!["Tiến độ 100%"]),
        ] {
            let list = client.get(200, &format!("/v1/documents?count=exact&{query}"));
            assert_eq!((titles(&list), &list.body["total"]), (expected.clone(), &json!(expected.len())), "{query}");
        }
        let first = client.get(200, "/v1/documents?kind=plan&limit=1");
        assert_eq!(titles(&first), ["Tiến độ 100%"]);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let last = client.get(200, &format!("/v1/documents?kind=plan&limit=1&cursor={cursor}"));
        assert_eq!((titles(&last), &last.body["next_cursor"]), (vec!["a_b"], &Value::Null));
        assert_eq!(client.get(400, &format!("/v1/documents?kind=other&cursor={cursor}")).problem(), "invalid-cursor");
        assert_eq!(client.get(400, "/v1/documents?colour=red").codes(), ["unknown-parameter"]);
        client.get(400, "/v1/documents?kind=law");
        client.get(400, "/v1/documents?q=");
    }

    fn bad_input_names_its_place(api: &Api) {
        let client = api.client("LC", BOTH);
        for (body, pointer) in [
            (json!({ "kind": "plan", "title": "x", "secrecy": "A" }), "#/secrecy"),
            (json!({ "kind": "law", "title": "x" }), "#/kind"),
            (json!({ "kind": "plan" }), "#/title"),
            (json!({ "kind": "plan", "title": " " }), "#/title"),
            (json!({ "kind": "plan", "title": "x", "issued_on": "22/5/2025" }), "#/issued_on"),
            (json!({ "kind": "plan", "title": "x", "issued_on": "2025-02-30" }), "#/issued_on"),
            (json!({ "kind": "plan", "title": "x", "relations": [{ "type": "implements" }] }), "#/relations/0/document"),
        ] {
            assert_eq!(client.post(422, "/v1/documents", &body).body["errors"][0]["pointer"], pointer);
        }
        client.get(404, "/v1/documents/not-an-id");
        client.get(404, "/v1/documents/01890000-0000-7000-8000-000000000000");
        client.get(404, "/v1/documents/01890000-0000-7000-8000-000000000000/history");
    }

    fn what_implements_a_document_is_found_at_any_depth(api: &Api) {
        let client = api.client("LC", BOTH);
        let root = add(&client, &plan("gốc"));
        let middle = add_related(&client, "giữa", "implements", &root);
        let leaf = add_related(&client, "lá", "implements", &middle);
        let both = add(&client, &json!({ "kind": "plan", "title": "cả hai", "relations": [
            { "type": "implements", "document": root }, { "type": "implements", "document": leaf },
        ] }));
        add_related(&client, "thay thế", "replaces", &root);
        let implementing = |id: &str, caller: Caller| {
            let id: DocumentId = id.parse().unwrap();
            let found = api.write(async move |db| documents::implementing(db, &caller, id).await)?;
            Ok::<_, tiendo::base::problem::Problem>(found.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(implementing(&root, operator()).unwrap(), [root.clone(), middle.clone(), leaf.clone(), both.clone()]);
        assert_eq!(implementing(&leaf, operator()).unwrap(), [leaf, both]);
        let unknown = implementing("01890000-0000-7000-8000-000000000000", operator()).unwrap_err();
        assert_eq!(unknown.kind.slug, "not-found");
    }
}
