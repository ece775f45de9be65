//! The tree: what each client sees of it, and how it changes.

use serde_json::json;
use tiendo::reference::organizations::store;

use crate::{
    fixtures,
    harness::{Api, Client, Database, operator},
    on_both,
};

#[test]
fn two_that_lock_each_other_out_are_told_to_try_again() {
    let api = Api::on(&Database::postgres());
    let meet = |first: &str, second: &str, here: i64, there: i64| {
        let (first, second) = (first.parse().unwrap(), second.parse().unwrap());
        api.write(async move |db| {
            let caller = operator();
            store::lock(db, caller.subtree(), &first).await?;
            fixtures::at_point(db, here).await?;
            fixtures::until(db, there, true).await?;
            store::lock(db, caller.subtree(), &second).await?;
            Ok(())
        })
    };
    let ends = std::thread::scope(|scope| {
        let first = scope.spawn(|| meet("LC-TTR", "LC-SKHCN", 1, 2));
        [meet("LC-SKHCN", "LC-TTR", 2, 1), first.join().unwrap()]
    });
    let refused: Vec<_> = ends.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!((refused[0].kind.slug, refused[0].kind.status, refused[0].retry_after), ("unavailable", 503, Some(1)));
}

#[test]
fn what_refers_to_a_locked_organization_does_not_wait() {
    let api = Api::on(&Database::postgres());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            fixtures::run(&api, async |db| {
                fixtures::until(db, 1, true).await?;
                fixtures::wait_for_no_lock(db).await?;
                fixtures::indicator(db, "LC-TTR", "K count flow month", None).await
            });
            fixtures::release(&api, 1, 2);
        });
        let lock = api.write(async move |db| {
            let locked_row = store::lock(db, operator().subtree(), &"LC-TTR".parse().unwrap()).await?;
            fixtures::at_point(db, 1).await?;
            fixtures::until(db, 2, true).await?;
            Ok(locked_row.is_some())
        });
        assert!(lock.unwrap());
    });
}

on_both! {
    fn a_client_sees_its_part_of_the_tree(api: &Api) {
        let office = api.client("LC-TTR", "organizations:read");
        let list = office.get(200, "/v1/organizations?count=exact");
        let codes: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["LC-TTR", "LC-TTR-NV", "LC-TTR-VP"]);
        assert_eq!(list.body["total"], 3);
        office.get(404, "/v1/organizations/LC");
        office.get(404, "/v1/organizations/XX-A");
        office.get(404, "/v1/organizations?under=XX");
    }

    fn pages_follow_each_other_without_gap_or_overlap(api: &Api) {
        let client = api.client("LC", "organizations:read");
        let mut seen = Vec::new();
        let mut path = "/v1/organizations?limit=2".to_owned();
        loop {
            let page = client.get(200, &path);
            seen.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()));
            let Some(link) = page.headers.get("link") else { break };
            let link = link.to_str().unwrap();
            link.split(['<', '>']).nth(1).unwrap().clone_into(&mut path);
            assert!(page.body["next_cursor"].is_string());
        }
        assert_eq!(seen, ["LC", "LC-SKHCN", "LC-TTR", "LC-TTR-NV", "LC-TTR-VP"]);
    }

    fn a_cursor_belongs_to_its_filter(api: &Api) {
        let client = api.client("LC", "organizations:read");
        let cursor = client.get(200, "/v1/organizations?limit=1").body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(client.get(400, &format!("/v1/organizations?kind=office&cursor={cursor}")).problem(), "invalid-cursor");
        assert_eq!(client.get(400, "/v1/organizations?cursor=zzz").problem(), "invalid-cursor");
    }

    fn a_change_needs_the_current_etag(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let path = "/v1/organizations/LC-TTR";
        let etag = admin.get(200, path).etag().to_owned();
        assert_eq!(admin.send(428, "PATCH", path, &[], Some(b"{}".to_vec())).problem(), "if-match-required");
        let changed = admin.patch(200, path, &etag, &json!({ "name": "Thanh tra tỉnh Lai Châu" }));
        assert_eq!(changed.body["version"], 2);
        assert_ne!(changed.etag(), etag);
        let stale = admin.patch(412, path, &etag, &json!({ "name": "khác" }));
        assert_eq!((stale.problem(), &stale.body["version"]), ("version-stale", &json!(2)));
        let history = admin.get(200, &format!("{path}/history"));
        assert_eq!(history.body["items"].as_array().unwrap().len(), 2);
        assert_eq!(history.body["items"][0]["content"]["name"], "Thanh tra tỉnh");
    }

    fn a_moved_organization_takes_its_subtree_along(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let etag = admin.get(200, "/v1/organizations/LC-TTR").etag().to_owned();
        admin.patch(200, "/v1/organizations/LC-TTR", &etag, &json!({ "parent": "LC-SKHCN" }));
        let under = admin.get(200, "/v1/organizations?under=LC-SKHCN&count=exact");
        assert_eq!(under.body["total"], 4);
        let cycle = admin.get(200, "/v1/organizations/LC-SKHCN").etag().to_owned();
        assert_eq!(admin.patch(422, "/v1/organizations/LC-SKHCN", &cycle, &json!({ "parent": "LC-TTR-VP" })).codes(), ["cycle"]);
    }

    fn a_client_goes_on_when_its_organization_moves(api: &Api) {
        let all = crate::access::every_scope();
        let (province, own, second) = (api.client("LC", &all), api.client_of("LC-TTR-VP", &all, Some("vp")), api.second());
        let elsewhere = Client { base: second.base.clone(), token: own.token.clone() };
        province.post(201, "/v1/indicators", &json!({ "code": "K", "name": "x", "unit": "x", "kind": "count", "flow": true }));
        province.post(201, "/v1/documents", &json!({ "kind": "plan", "title": "x", "organization": "LC-SKHCN" }));
        let row = |value: u32| json!([{ "indicator": "K", "organization": "LC-TTR-VP", "period": "2026-M10", "status": "final", "value": value.to_string() }]);
        let task = |title: &str| json!({ "title": title, "lead": "LC-TTR-VP" });
        let mut parents = ["LC-SKHCN", "LC-TTR", "LC"].into_iter().cycle();
        let created = own.put(201, "/v1/tasks/by-key/vp/1", &task("0")).body["id"].as_str().unwrap().to_owned();
        for round in 1..4 {
            // Each instance knows the caller's place as it was before the move.
            for client in [&own, &elsewhere] {
                client.get(200, "/v1/me");
            }
            let parent = parents.next().unwrap();
            province.patch(200, "/v1/organizations/LC-TTR-VP", "*", &json!({ "parent": parent }));
            for (client, number) in [(&own, 2 * round), (&elsewhere, 2 * round + 1)] {
                assert_eq!(client.post(200, "/v1/observations", &row(number)).body["counts"]["rejected"], 0, "{parent}");
                client.put(200, "/v1/tasks/by-key/vp/1", &task(&number.to_string()));
                client.get(200, &format!("/v1/tasks/{created}"));
                client.get(200, "/v1/organizations/LC-TTR-VP");
                for list in ["tasks", "observations", "organizations", "tasks?under=LC-TTR-VP", "tasks?lead=LC-TTR-VP", "indicators"] {
                    let items = client.get(200, &format!("/v1/{list}")).body["items"].clone();
                    assert_eq!(items.as_array().unwrap().len(), 1, "{list} below {parent}");
                }
                let documents = client.get(200, "/v1/documents").body["items"].as_array().unwrap().len();
                assert_eq!(documents, usize::from(parent == "LC-SKHCN"), "the documents of {parent}");
                let export = client.send(200, "GET", "/v1/observations", &[("Accept", "application/x-ndjson")], None);
                assert_eq!(export.text.lines().count(), 1);
                let progress = client.get(200, "/v1/progress?period=2026-M10").body;
                assert_eq!(progress["tasks"]["total"], 1, "{progress}");
            }
        }
    }

    fn what_is_added_below_a_moving_organization_moves_along(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let add = |code: &str, parent: &str| {
            admin.post(201, "/v1/organizations", &json!({ "code": code, "name": code, "kind": "office", "parent": parent }));
        };
        for round in 0..5 {
            let name = |letter: &str| format!("{letter}{round}");
            for (code, parent) in [("A", "LC"), ("D", "LC")] {
                add(&name(code), parent);
            }
            add(&name("B"), &name("A"));
            std::thread::scope(|scope| {
                for child in 0..4 {
                    scope.spawn(move || add(&format!("C{round}-{child}"), &format!("B{round}")));
                }
                scope.spawn(|| admin.patch(200, &format!("/v1/organizations/{}", name("A")), "*", &json!({ "parent": name("D") })));
            });
            let under = admin.get(200, &format!("/v1/organizations?count=exact&under={}", name("D")));
            assert_eq!(under.body["total"], 7, "{}", under.text);
        }
    }

    fn a_patch_that_says_nothing_new_makes_no_version(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let same = admin.patch(200, "/v1/organizations/LC-TTR", "*", &json!({ "name": "Thanh tra tỉnh" }));
        assert_eq!(same.body["version"], 1);
        let null = admin.patch(422, "/v1/organizations/LC-TTR", "*", &json!({ "name": null }));
        assert_eq!(null.body["errors"][0]["pointer"], "#/name");
    }

    fn bad_input_names_the_field_in_both_languages(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let body = json!({ "code": "LC-X", "name": "x", "kind": "office", "parent": "LC", "colour": "red" });
        let unknown = admin.post(422, "/v1/organizations", &body);
        assert_eq!(unknown.body["errors"][0]["pointer"], "#/colour");
        assert_eq!(unknown.header("content-language"), "vi");
        let parent = json!({ "code": "LC-X", "name": "x", "kind": "office", "parent": "XX" });
        assert_eq!(admin.post(422, "/v1/organizations", &parent).codes(), ["unknown-organization"]);
        assert_eq!(admin.get(400, "/v1/organizations?colour=red").body["errors"][0]["parameter"], "colour");
        let english = admin.send(422, "POST", "/v1/organizations", &[("Accept-Language", "en")], Some(br#"{"code":7}"#.to_vec()));
        assert_eq!(english.body["title"], "The body is not valid");
        assert_eq!(admin.send(400, "POST", "/v1/organizations", &[], Some(b"{\"code\":".to_vec())).problem(), "malformed-request");
    }

    fn a_repeated_post_gets_the_first_answer(api: &Api) {
        let admin = api.client("LC", "organizations:read organizations:write");
        let body = json!({ "code": "LC-X", "name": "x", "kind": "office", "parent": "LC" }).to_string().into_bytes();
        let key = [("Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")];
        let first = admin.send(201, "POST", "/v1/organizations", &key, Some(body.clone()));
        let again = admin.send(201, "POST", "/v1/organizations", &key, Some(body.clone()));
        assert_eq!((first.text, again.header("idempotency-replayed")), (again.text.clone(), "true"));
        assert_eq!(admin.send(409, "POST", "/v1/organizations", &[], Some(body)).problem(), "already-exists");
        let other = json!({ "code": "LC-Y", "name": "y", "kind": "office", "parent": "LC" }).to_string().into_bytes();
        assert_eq!(admin.send(422, "POST", "/v1/organizations", &key, Some(other)).problem(), "idempotency-key-reused");
    }
}
