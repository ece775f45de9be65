//! What is sent is read strictly: every wrong place is told at once, in one language, with the way out.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    http::{PATH, keeper, office, post_raw, text},
    on_both,
};

on_both! {
    fn a_body_that_is_not_right_is_refused_with_its_place(api: &Api) {
        let client = keeper(api);
        let with = |field: &str, value: Value| {
            let mut body = office("LC-X");
            body[field] = value;
            body.to_string()
        };
        for (body, why) in [
            (String::new(), "nothing"),
            ("{\"code\":".to_owned(), "cut off"),
            (format!("{}x", office("LC-X")), "more than one value"),
            (with("name", json!("?")).replace('?', "\\ud800"), "half a surrogate pair"),
            (with("name", json!("?")).replace('?', "\\x"), "an unknown escape"),
            ("\u{feff}{}".to_owned(), "a byte order mark"),
            ("NaN".to_owned(), "not JSON"),
            ("[".repeat(10_000), "without an end"),
            (with("colour", json!(0)).replace(":0", &format!(":{}{}", "[".repeat(10_000), "]".repeat(10_000))), "too deep"),
        ] {
            assert_eq!(post_raw(&client, 400, body).problem(), "malformed-request", "{why}");
        }
        let latin = with("name", json!("?")).replace('?', "e").into_bytes().into_iter().map(|b| if b == b'e' { 0xE9 } else { b });
        assert_eq!(post_raw(&client, 400, latin.collect::<Vec<_>>()).problem(), "malformed-request");
        for (body, pointer, code) in [
            (with("name", json!("x".repeat(600))), "#/name", "invalid-value"),
            (with("name", json!("a\u{0}b")), "#/name", "invalid-value"),
            (with("name", json!("")), "#/name", "invalid-value"),
            (with("name", json!(7)), "#/name", "wrong-type"),
            (with("name", Value::Null), "#/name", "wrong-type"),
            (with("code", json!("lower case")), "#/code", "invalid-value"),
            (with("colour", json!("red")), "#/colour", "unknown-field"),
            (with("identifiers", json!([{ "scheme": "qd20" }])), "#/identifiers/0/value", "required"),
            (with("identifiers", json!([["qd20", "H35"]])), "#/identifiers/0", "wrong-type"),
            (with("valid_from", json!("2026-02-30")), "#/valid_from", "invalid-value"),
            (r#"{"code":"LC-X","code":"LC-X","name":"x","kind":"office"}"#.to_owned(), "#/code", "duplicate-field"),
            (r#"["LC-X","x","office","LC",[],null,null]"#.to_owned(), "#", "wrong-type"),
            ("null".to_owned(), "#", "wrong-type"),
        ] {
            let reply = post_raw(&client, 422, &body);
            let error = &reply.body["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body:.200}");
        }
        assert_eq!(client.get(200, "/v1/organizations?count=exact").body["total"], 5, "nothing was written");
    }

    fn every_wrong_place_of_a_body_is_told_at_once(api: &Api) {
        let client = keeper(api);
        let refused = |body: &Value| {
            let reply = client.post(422, PATH, body);
            let errors = reply.body["errors"].as_array().unwrap().clone();
            let place = |error: &Value| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap());
            errors.iter().map(place).collect::<Vec<_>>()
        };
        assert_eq!(refused(&json!({})), ["#/code required", "#/name required", "#/kind required"]);
        let body = json!({
            "colour": "red", "name": "", "kind": 7, "parent": "lower case", "valid_from": "2026-02-30", "size": [],
            "identifiers": [{ "scheme": "?" }, 7, { "value": "", "more": 1 }, { "scheme": "qd20", "value": "H35" }, {}],
        });
        assert_eq!(
            refused(&body),
            ["#/colour unknown-field", "#/name invalid-value", "#/kind wrong-type", "#/parent invalid-value", "#/valid_from invalid-value", "#/size unknown-field", "#/identifiers/0/value required", "#/identifiers/1 wrong-type", "#/identifiers/2/value invalid-value", "#/identifiers/2/more unknown-field", "#/identifiers/2/scheme required", "#/identifiers/4/scheme required", "#/code required", "#/identifiers/4/value required"]
        );
        let crowded: Value = (0..80).map(|n| (format!("field{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
        assert_eq!(refused(&crowded).len(), 53, "fifty and what is missing");
    }

    fn a_large_body_that_is_wrong_costs_no_more_than_a_good_one(api: &Api) {
        let client = keeper(api);
        let mut body = office("LC-X");
        body["identifiers"] = (0..30_000).map(|n| json!({ "scheme": n })).collect();
        let began = Instant::now();
        client.post(422, PATH, &body);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }

    fn a_refusal_speaks_one_language_and_says_the_way_out(api: &Api) {
        let client = keeper(api);
        let said = |field: &str, value: Value, language: &str| {
            let mut body = office("LC-X");
            body[field] = value;
            let headers = [("Accept-Language", language)];
            let reply = client.send(422, "POST", PATH, &headers, Some(body.to_string().into_bytes()));
            reply.body["errors"][0]["detail"].as_str().unwrap().to_owned()
        };
        for (field, value, vi, en) in [
            ("name", json!(55.5), "phải là chuỗi, ví dụ \"55.5\"", "must be a string, such as \"55.5\""),
            ("name", json!([]), "phải là chuỗi", "must be a string"),
            ("name", Value::Null, "phải là chuỗi, không được là null", "must be a string, not null"),
            ("name", json!(""), "không được để trống", "must not be empty"),
            ("identifiers", json!({}), "phải là mảng: [ … ]", "must be an array: [ … ]"),
            ("identifiers", json!([7]), "phải là đối tượng: { … }", "must be an object: { … }"),
            (
                "valid_from", json!("2026-02-30"),
                "phải là một ngày có thật từ năm 1900 đến năm 2199, viết năm-tháng-ngày đủ 10 ký tự, ví dụ \"2026-12-31\"",
                "must be a day that exists, in the years 1900 to 2199, written year-month-day in 10 characters, such as \"2026-12-31\"",
            ),
            (
                "parent", json!(""),
                "phải là mã: 1 đến 64 ký tự A-Z a-z 0-9 . _ -, bắt đầu bằng chữ hoặc số; nếu không có, bỏ trường này hoặc gửi null",
                "must be a code: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit; if there is none, leave the field out or send null",
            ),
            (
                "colour", json!(1),
                "không có trường này; các trường được nhận: code, name, kind, parent, identifiers, valid_from, valid_to",
                "there is no such field; the fields are: code, name, kind, parent, identifiers, valid_from, valid_to",
            ),
        ] {
            assert_eq!((said(field, value.clone(), "vi").as_str(), said(field, value, "en").as_str()), (vi, en), "{field}");
        }
    }

    fn a_refusal_of_words_numbers_and_ids_names_them(api: &Api) {
        let all = api.client("LC", "admin tasks:assign indicators:write");
        for (method, path, body, vi, en) in [
            ("PATCH", "/v1/clients/0199f3c0-7a1e-7000-8000-000000000001", r#"{"status":"gone"}"#, "phải là một trong: active, suspended", "must be one of: active, suspended"),
            (
                "PUT", "/v1/indicators/CT01/targets", r#"[{"op":">","value":"90","year":"2026"}]"#,
                "phải là số nguyên, không đặt trong ngoặc kép, ví dụ 2026", "must be a whole number without quotes, such as 2026",
            ),
            (
                "POST", "/v1/tasks", r#"{"title":"x","lead":"LC","document":"2273/KH-UBND"}"#,
                "phải là id (UUID) như dịch vụ đã trả về, ví dụ \"0199f3c0-7a1e-7000-8000-000000000001\"",
                "must be an id (UUID) as the service gave it, such as \"0199f3c0-7a1e-7000-8000-000000000001\"",
            ),
        ] {
            for (language, expected) in [("vi", vi), ("en", en)] {
                let headers = [("Accept-Language", language), ("If-Match", "*")];
                let reply = all.send(422, method, path, &headers, Some(body.as_bytes().to_vec()));
                assert_eq!(text(&reply.body["errors"][0], "detail"), expected);
            }
        }
    }

    fn a_refusal_of_an_address_a_query_or_syntax_speaks_one_language(api: &Api) {
        let client = keeper(api);
        let read = |path: &str, language: &str| client.try_send("GET", path, &[("Accept-Language", language)], None);
        let missing = |language: &str| read("/v1/organizations/XX", language).body["detail"].as_str().unwrap().to_owned();
        assert_eq!(missing("vi"), "Không tìm thấy cơ quan, đơn vị này trong phạm vi của hệ thống gọi; hãy kiểm tra lại mã hoặc id.");
        assert_eq!(missing("en"), "There is no such organization in the caller's part of the tree; check its code or id.");
        let cut = |language: &str| {
            let reply = client.send(400, "POST", PATH, &[("Accept-Language", language)], Some(b"{\"code\":".to_vec()));
            reply.body["detail"].as_str().unwrap().to_owned()
        };
        assert_eq!(cut("vi"), "Không đọc được nội dung: JSON bị thiếu phần cuối (dòng 1, cột 8).");
        assert_eq!(cut("en"), "The body cannot be read: the JSON has no end (line 1, column 8).");
        let query = |language: &str| {
            let reply = read(&format!("{PATH}?colour=red&kind=&kind=a&under=lower%20case"), language);
            let errors = reply.body["errors"].as_array().unwrap().clone();
            errors.iter().map(|error| format!("{} {}: {}", text(error, "parameter"), text(error, "code"), text(error, "detail"))).collect::<Vec<_>>()
        };
        assert_eq!(query("en"), [
            "colour unknown-parameter: there is no such parameter; the parameters are: under, kind, limit, cursor, count",
            "kind invalid-value: must not be empty; leave the parameter out if you do not need it",
            "under invalid-value: must be a code: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit",
        ]);
        assert_eq!(query("vi"), [
            "colour unknown-parameter: không có tham số này; các tham số được nhận: under, kind, limit, cursor, count",
            "kind invalid-value: không được để trống; nếu không cần, bỏ tham số này",
            "under invalid-value: phải là mã: 1 đến 64 ký tự A-Z a-z 0-9 . _ -, bắt đầu bằng chữ hoặc số",
        ]);
    }
}
