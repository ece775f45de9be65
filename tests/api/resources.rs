//! What holds of every versioned resource alike: the order in which a change is refused, what makes a version, its time,
//! and its entry in the log.

use serde_json::{Value, json};
use tiendo::base::log::{Change, Subject, store};

use crate::{
    harness::{Api, Client, Reply},
    on_both,
};

const SCOPES: &str = "admin organizations:read organizations:write documents:read documents:write tasks:read \
    tasks:assign tasks:progress indicators:read indicators:write observations:read observations:write";

/// One resource of a kind, and how it is changed.
struct Resource {
    subject: Subject,
    /// Its key in the log.
    key: String,
    /// Where it is read.
    path: String,
    /// How and where it is changed, with what takes the number of the change, and with what breaks a rule.
    method: &'static str,
    target: String,
    change: fn(u32) -> Value,
    wrong: Value,
    /// Whether a system owns it.
    is_owned: bool,
    /// Whether a change names the version that it knows.
    is_conditional: bool,
}

impl Resource {
    /// One of every kind, made by the client.
    fn all(client: &Client) -> Vec<Self> {
        let mut all = Self::patched(client);
        all.extend([Self::targets(client), Self::observation(client)]);
        all
    }

    /// What is changed by a merge patch.
    fn patched(client: &Client) -> Vec<Self> {
        let named: fn(u32) -> Value = |n| json!({ "name": format!("Tên {n}") });
        let titled: fn(u32) -> Value = |n| json!({ "title": format!("Tên {n}") });
        let concluded: fn(u32) -> Value = |n| json!({ "conclusion": format!("Kết luận {n}") });
        let stopped: fn(u32) -> Value = |n| json!({ "status": if n % 2 == 0 { "active" } else { "suspended" } });
        let organization = json!({ "code": "LC-TTR-X", "name": "x", "kind": "office", "parent": "LC-TTR" });
        let document = json!({ "kind": "plan", "title": "x", "source": "qlvb", "source_key": "v1" });
        let task = json!({ "title": "x", "lead": "LC-TTR", "source": "qlvb", "source_key": "n1" });
        let inspection = json!({ "kind": "periodic", "held_on": "2026-11-20", "organization": "LC-TTR" });
        let indicator = json!({ "code": "CT01", "name": "x", "unit": "x", "kind": "count", "flow": true });
        let caller = json!({ "name": "x", "organization": "LC-TTR", "scopes": ["tasks:read"] });
        let nowhere = json!({ "document": "0199f3c0-7a1e-7000-8000-000000000001" });
        [
            (Subject::Organization, "organizations", organization, named, json!({ "parent": "LC-TTR-X" })),
            (Subject::Document, "documents", document, titled, json!({ "organization": "NOWHERE" })),
            (Subject::Task, "tasks", task, titled, json!({ "lead": "NOWHERE" })),
            (Subject::Inspection, "inspections", inspection, concluded, json!({ "held_on": "2027-01-01" })),
            (Subject::Indicator, "indicators", indicator, named, nowhere),
            (Subject::Client, "clients", caller, stopped, json!({ "jwks": { "keys": [] } })),
        ]
        .map(|(subject, list, body, change, wrong)| {
            let path = client.post(201, &format!("/v1/{list}"), &body).header("location").to_owned();
            Self {
                subject,
                key: path.rsplit('/').next().unwrap().to_owned(),
                method: "PATCH",
                target: path.clone(),
                path,
                change,
                wrong,
                is_owned: matches!(subject, Subject::Document | Subject::Task),
                is_conditional: true,
            }
        })
        .into()
    }

    fn targets(client: &Client) -> Self {
        let path = "/v1/indicators/CT01/targets".to_owned();
        client.put(200, &path, &json!([{ "op": ">=", "value": "1000" }]));
        Self {
            subject: Subject::Targets,
            key: "CT01".to_owned(),
            path: path.clone(),
            method: "PUT",
            target: path,
            change: |n| json!([{ "op": ">=", "value": n.to_string() }]),
            wrong: json!([{ "op": ">=", "value": "1", "organization": "NOWHERE" }]),
            is_owned: false,
            is_conditional: true,
        }
    }

    fn observation(client: &Client) -> Self {
        let figure: fn(u32) -> Value = |n| {
            json!([{ "indicator": "CT01", "organization": "LC-TTR", "period": "2026-M10", "status": "final",
                "value": n.to_string() }])
        };
        let pushed = client.post(200, "/v1/observations", &figure(1000));
        let id = pushed.body["rows"][0]["id"].as_str().unwrap().to_owned();
        Self {
            subject: Subject::Observation,
            path: format!("/v1/observations/{id}"),
            key: id,
            method: "POST",
            target: "/v1/observations".to_owned(),
            change: figure,
            wrong: Value::Null,
            is_owned: false,
            is_conditional: false,
        }
    }

    fn send(&self, client: &Client, expected: u16, tag: &str, body: &Value, request: &str) -> Reply {
        let mut headers = vec![("X-Request-Id", request)];
        if self.is_conditional {
            headers.push(("If-Match", tag));
        }
        let body = Some(body.to_string().into_bytes());
        client.send(expected, self.method, &self.target, &headers, body)
    }

    fn entries(&self, api: &Api) -> Vec<Change> {
        let (subject, key) = (self.subject, self.key.clone());
        api.write(async move |db| Ok(store::history(db, subject, key, 0, 100).await?)).unwrap()
    }
}

/// The same clients for every fact: one that made everything, one beside it that speaks for no system, one elsewhere.
fn cast(api: &Api) -> (Client, Client, Client) {
    let owner = api.client_of("LC", SCOPES, Some("qlvb"));
    (owner, api.client("LC", SCOPES), api.client("XX", SCOPES))
}

on_both! {
    fn every_version_has_its_entry_with_who_when_and_what(api: &Api) {
        let (owner, ..) = cast(api);
        let me = owner.get(200, "/v1/me").body["client"].clone();
        for resource in Resource::all(&owner) {
            let subject = resource.subject;
            let before = resource.entries(api).len();
            resource.send(&owner, 200, "*", &(resource.change)(1), "change-1");
            let entries = resource.entries(api);
            assert_eq!(entries.len(), before + 1, "{subject}");
            for (entry, version) in entries.iter().zip(1..) {
                assert_eq!((entry.version, entry.form), (version, 1), "{subject}");
                assert_eq!(json!(entry.client), me, "{subject}");
                assert!(entry.organization.is_some(), "{subject}");
            }
            let last = entries.last().unwrap();
            assert_eq!((&*last.request_id, &*last.kind), ("change-1", &*format!("{subject}.updated")));
            let mut wire = owner.get(200, &resource.path).body;
            // What depends on the day on which it is read is no part of a version.
            wire.as_object_mut().unwrap().remove("timeliness");
            assert_eq!(serde_json::from_str::<Value>(&last.content).unwrap(), wire, "{subject}");
        }
    }

    fn what_is_the_same_makes_no_version_and_no_entry(api: &Api) {
        let (owner, ..) = cast(api);
        for resource in Resource::all(&owner) {
            resource.send(&owner, 200, "*", &(resource.change)(1), "first");
            let (read, before) = (owner.get(200, &resource.path), resource.entries(api).len());
            api.wait_seconds(1);
            resource.send(&owner, 200, "*", &(resource.change)(1), "again");
            let again = owner.get(200, &resource.path);
            assert_eq!((again.etag(), &again.body), (read.etag(), &read.body), "{}", resource.subject);
            assert_eq!(resource.entries(api).len(), before, "{}", resource.subject);
        }
    }

    fn time_never_runs_backwards_in_a_resource(api: &Api) {
        let (owner, ..) = cast(api);
        for resource in Resource::all(&owner) {
            resource.send(&owner, 200, "*", &(resource.change)(1), "first");
            api.wait_seconds(-600);
            resource.send(&owner, 200, "*", &(resource.change)(2), "earlier");
            api.wait_seconds(600);
            let entries = resource.entries(api);
            assert!(entries.is_sorted_by_key(|entry| entry.recorded_at), "{}: {entries:?}", resource.subject);
            if let Some(updated) = owner.get(200, &resource.path).body.get("updated_at") {
                assert_eq!(json!(entries.last().unwrap().recorded_at), *updated, "{}", resource.subject);
            }
        }
    }

    fn a_change_is_refused_for_what_is_not_there_then_not_its_own_then_stale_then_wrong(api: &Api) {
        let (owner, other, elsewhere) = cast(api);
        for resource in Resource::all(&owner).into_iter().filter(|resource| resource.is_conditional) {
            let before = resource.entries(api).len();
            let refused = |client: &Client, status, tag: &str| {
                resource.send(client, status, tag, &resource.wrong, "refused").problem().to_owned()
            };
            assert_eq!(refused(&elsewhere, 404, "\"99\""), "not-found", "{}", resource.subject);
            if resource.is_owned {
                assert_eq!(refused(&other, 403, "\"99\""), "source-not-yours", "{}", resource.subject);
            }
            assert_eq!(refused(&owner, 412, "\"99\""), "version-stale", "{}", resource.subject);
            let tag = owner.get(200, &resource.path).etag().to_owned();
            assert_eq!(refused(&owner, 422, &tag), "invalid-body", "{}", resource.subject);
            assert_eq!(resource.entries(api).len(), before, "{}", resource.subject);
        }
    }

    fn a_condition_where_nothing_is_says_what_to_do(api: &Api) {
        let (owner, ..) = cast(api);
        let document = json!({ "kind": "plan", "title": "x" });
        let task = json!({ "title": "x", "lead": "LC-TTR" });
        for (path, body) in [("/v1/documents/by-key/qlvb/new", document), ("/v1/tasks/by-key/qlvb/new", task)] {
            for tag in ["\"1\"", "*"] {
                let headers = [("If-Match", tag), ("Accept-Language", "en")];
                let refused = owner.send(412, "PUT", path, &headers, Some(body.to_string().into_bytes()));
                assert_eq!((refused.problem(), &refused.body["version"]), ("version-stale", &json!(0)), "{path}");
                assert!(refused.body["detail"].as_str().unwrap().contains("leave If-Match out"), "{}", refused.text);
            }
            owner.put(201, path, &body);
        }
    }

    fn a_calendar_has_its_entry_from_the_migration(api: &Api) {
        for code in ["GREGORIAN", "ND09"] {
            let entries = api.write(async move |db| Ok(store::history(db, Subject::Calendar, code.to_owned(), 0, 9).await?));
            let entries = entries.unwrap();
            let [first] = entries.as_slice() else { panic!("{code}: {entries:?}") };
            assert_eq!((first.version, first.form, &first.organization, first.client), (1, 1, &None, None));
            let read = api.client("LC", "tasks:read").get(200, &format!("/v1/calendars/{code}"));
            assert_eq!(serde_json::from_str::<Value>(&first.content).unwrap(), read.body);
        }
    }
}
