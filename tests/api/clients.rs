use serde_json::{Value, json};

use crate::{
    harness::{Api, Client, Reply},
    on_both,
};

fn new(organization: &str, scopes: &[&str]) -> Value {
    json!({ "name": "Nền tảng", "organization": organization, "scopes": scopes })
}

/// Asks for a token with a secret.
fn token(api: &Api, expected: u16, credentials: &Reply) -> String {
    let (id, secret) =
        (credentials.body["client"]["id"].as_str().unwrap(), credentials.body["secret"].as_str().unwrap());
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let reply = api.stranger().form(expected, "/oauth2/token", &form);
    reply.body["access_token"].as_str().unwrap_or_default().to_owned()
}

fn with(api: &Api, token: String) -> Client {
    Client { base: api.base.clone(), token }
}

fn path(credentials: &Reply) -> String {
    format!("/v1/clients/{}", credentials.body["client"]["id"].as_str().unwrap())
}

on_both! {
    fn a_new_client_gets_in_with_a_secret_shown_once(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let created = admin.post(201, "/v1/clients", &new("LC-TTR", &["tasks:read"]));
        assert_eq!((&created.body["client"]["status"], &created.body["client"]["proof"]), (&json!("active"), &json!("client_secret")));
        let me = with(api, token(api, 200, &created)).get(200, "/v1/me");
        assert_eq!((&me.body["organization"], &me.body["scopes"]), (&json!("LC-TTR"), &json!(["tasks:read"])));
        let list = admin.get(200, "/v1/clients");
        assert!(list.body["items"].as_array().unwrap().contains(&created.body["client"]));
        assert!(!list.text.contains("secret_hash") && !list.text.contains(created.body["secret"].as_str().unwrap()));
    }

    fn a_repeated_post_does_not_show_the_secret_again(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let body = new("LC-TTR", &["tasks:read"]).to_string().into_bytes();
        let key = [("Idempotency-Key", "one")];
        let first = admin.send(201, "POST", "/v1/clients", &key, Some(body.clone()));
        let again = admin.send(201, "POST", "/v1/clients", &key, Some(body));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!((&again.body["client"], &again.body["secret"]), (&first.body["client"], &Value::Null));
        token(api, 200, &first);
    }

    fn nobody_grants_or_takes_over_more_than_they_have(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let refused = admin.post(422, "/v1/clients", &new("LC-TTR", &["tasks:read", "reports:approve"]));
        assert_eq!((refused.codes(), &refused.body["errors"][0]["pointer"]), (vec!["scope-not-held"], &json!("#/scopes")));
        assert_eq!(admin.post(422, "/v1/clients", &new("LC-TTR", &[])).codes(), ["required"]);
        let (stronger, _) = api.credentials("LC-TTR", "reports:approve", None);
        assert_eq!(admin.send(403, "POST", &format!("/v1/clients/{stronger}/secrets"), &[], None).problem(), "scope-missing");
    }

    fn an_admin_keeps_the_clients_of_its_part_of_the_tree(api: &Api) {
        let admin = api.client("LC-TTR", "admin tasks:read");
        let (above, _) = api.credentials("LC", "tasks:read", None);
        let (below, _) = api.credentials("LC-TTR-VP", "tasks:read", None);
        for organization in ["LC", "XX", "LC-SKHCN"] {
            assert_eq!(admin.post(422, "/v1/clients", &new(organization, &["tasks:read"])).codes(), ["unknown-organization"]);
        }
        let list = admin.get(200, "/v1/clients?count=exact");
        assert_eq!(list.body["total"], 2);
        assert!(list.text.contains(&below) && !list.text.contains(&above));
        let path = format!("/v1/clients/{above}");
        admin.send(404, "POST", &format!("{path}/secrets"), &[], None);
        admin.get(404, &path);
        admin.get(200, &format!("/v1/clients/{below}"));
        admin.patch(404, &path, "*", &json!({ "status": "suspended" }));
        assert_eq!(admin.get(200, "/v1/clients?under=LC-TTR-VP&count=exact").body["total"], 1);
        admin.get(404, "/v1/clients?under=LC");
    }

    fn a_new_secret_ends_the_old(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let created = admin.post(201, "/v1/clients", &new("LC-TTR", &["tasks:read"]));
        let rotated = admin.send(201, "POST", &format!("{}/secrets", path(&created)), &[], None);
        assert_eq!(rotated.body["client"]["id"], created.body["client"]["id"]);
        token(api, 401, &created);
        token(api, 200, &rotated);
    }

    fn a_suspended_client_is_out_at_once(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let created = admin.post(201, "/v1/clients", &new("LC-TTR", &["tasks:read"]));
        let client = with(api, token(api, 200, &created));
        client.get(200, "/v1/me");
        let suspended = admin.patch(200, &path(&created), "*", &json!({ "status": "suspended" }));
        assert_eq!(suspended.body["status"], "suspended");
        assert_eq!(client.get(401, "/v1/me").problem(), "token-invalid");
        token(api, 401, &created);
        assert_eq!(admin.get(200, "/v1/clients?status=suspended&count=exact").body["total"], 1);
        admin.patch(200, &path(&created), "*", &json!({ "status": "active" }));
        client.get(200, "/v1/me");
        admin.patch(422, &path(&created), "*", &json!({ "status": "gone" }));
    }

    fn a_client_with_keys_has_no_secret(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let mut body = new("LC-TTR", &["tasks:read"]);
        body["jwks"] = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "1", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        }] });
        let created = admin.post(201, "/v1/clients", &body);
        assert_eq!((&created.body["secret"], &created.body["client"]["proof"]), (&Value::Null, &json!("private_key_jwt")));
        assert_eq!(admin.send(422, "POST", &format!("{}/secrets", path(&created)), &[], None).problem(), "client-has-keys");
        body["jwks"] = json!({ "keys": 7 });
        assert_eq!(admin.post(422, "/v1/clients", &body).body["errors"][0]["pointer"], "#/jwks");
    }

    fn clients_are_for_admins(api: &Api) {
        let other = api.client("LC", "tasks:read tasks:assign changes:read");
        assert_eq!(other.get(403, "/v1/clients").problem(), "scope-missing");
        assert_eq!(other.post(403, "/v1/clients", &new("LC", &["tasks:read"])).problem(), "scope-missing");
        let (id, _) = api.credentials("LC", "tasks:read", Some("qlvb"));
        assert_eq!(other.send(403, "POST", &format!("/v1/clients/{id}/secrets"), &[], None).problem(), "scope-missing");
        assert_eq!(other.patch(403, &format!("/v1/clients/{id}"), "*", &json!({ "status": "suspended" })).problem(), "scope-missing");
        let admin = api.client("LC", "admin tasks:read");
        let mut taken = new("LC", &["tasks:read"]);
        taken["source"] = json!("qlvb");
        // Whose records a client owns is the operator's to say: nobody takes a source over through the API.
        assert_eq!(admin.post(422, "/v1/clients", &taken).codes(), ["unknown-field"]);
    }

    fn keys_that_are_not_public_are_refused(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        for keys in [
            json!({ "keys": [] }),
            json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }),
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }] }),
        ] {
            let mut body = new("LC", &["tasks:read"]);
            body["jwks"] = keys;
            assert_eq!(admin.post(422, "/v1/clients", &body).body["errors"][0]["pointer"], "#/jwks");
        }
    }
}
