use std::process::{Command, Output};

use serde_json::{Value, json};
use tiendo::base::db::Url;

use crate::{
    harness::{Api, Client, Reply, jwt::Key},
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

fn jwks(key: &Key) -> Value {
    serde_json::from_str(&key.jwks()).unwrap()
}

/// Asks for a token with a signed assertion, each good for one use.
fn prove(api: &Api, expected: u16, id: &str, key: &Key, jti: &str) -> String {
    let claims = json!({ "iss": id, "sub": id, "aud": api.base, "exp": api.seconds() + 60, "jti": jti });
    let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", assertion.as_str()),
    ];
    let reply = api.stranger().form(expected, "/oauth2/token", &form);
    reply.body["access_token"].as_str().unwrap_or_default().to_owned()
}

/// `tiendo client …`, beside the running service.
fn command(api: &Api, arguments: &[&str]) -> Output {
    let database = match api.database().url() {
        Url::Postgres(url) => url.clone(),
        Url::Sqlite(path) => format!("sqlite:{path}"),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiendo"));
    command.arg("client").args(arguments).env("DATABASE_URL", database).env("TIENDO_LOG", "warn").output().unwrap()
}

fn succeed(api: &Api, arguments: &[&str]) -> String {
    let output = command(api, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A verb that must fail; what it says.
fn fail(api: &Api, arguments: &[&str]) -> String {
    let output = command(api, arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
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

    fn anybody_may_stop_a_client_and_only_who_holds_its_scopes_lets_it_in(api: &Api) {
        let (stronger, _) = api.credentials("LC-TTR", "reports:approve tasks:read", None);
        let path = format!("/v1/clients/{stronger}");
        let (weak, strong) = (api.client("LC", "admin tasks:read"), api.client("LC", "admin tasks:read reports:approve"));
        assert_eq!(weak.patch(200, &path, "*", &json!({ "status": "suspended" })).body["status"], "suspended");
        let own = jwks(&Key::number(3));
        for body in [json!({ "status": "active" }), json!({ "jwks": own }), json!({ "status": "active", "jwks": own })] {
            assert_eq!(weak.patch(403, &path, "*", &body).problem(), "scope-missing", "{body}");
        }
        assert_eq!(weak.get(200, &path).body["status"], "suspended");
        weak.patch(200, &path, "*", &json!({ "status": "suspended" }));
        strong.patch(200, &path, "*", &json!({ "status": "active" }));
        // What is so already asks for nothing.
        weak.patch(200, &path, "*", &json!({ "status": "active" }));
    }

    fn a_client_has_few_keys(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let one = jwks(&Key::number(3))["keys"][0].clone();
        let mut body = new("LC-TTR", &["tasks:read"]);
        body["jwks"] = json!({ "keys": vec![one.clone(); 10] });
        admin.post(201, "/v1/clients", &body);
        body["jwks"] = json!({ "keys": vec![one; 11] });
        assert_eq!(admin.post(422, "/v1/clients", &body).codes(), ["invalid-value"]);
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

    fn new_keys_end_the_old_ones_and_the_secret(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let created = admin.post(201, "/v1/clients", &new("LC-TTR", &["tasks:read"]));
        let (id, path) = (created.body["client"]["id"].as_str().unwrap(), path(&created));
        let before = with(api, token(api, 200, &created));
        let (first, second) = (Key::number(1), Key::number(2));
        let changed = admin.patch(200, &path, "*", &json!({ "jwks": jwks(&first) }));
        assert_eq!((&changed.body["proof"], &changed.body["status"]), (&json!("private_key_jwt"), &json!("active")));
        token(api, 401, &created);
        // As after a new secret: a token lives until it expires.
        before.get(200, "/v1/me");
        with(api, prove(api, 200, id, &first, "one")).get(200, "/v1/me");
        admin.patch(200, &path, "*", &json!({ "jwks": jwks(&second) }));
        prove(api, 401, id, &first, "two");
        prove(api, 200, id, &second, "three");
        assert_eq!(admin.send(422, "POST", &format!("{path}/secrets"), &[], None).problem(), "client-has-keys");
    }

    fn keys_change_only_to_public_keys_and_only_by_who_may_act_as_the_client(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let created = admin.post(201, "/v1/clients", &new("LC-TTR", &["tasks:read"]));
        let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }] });
        for keys in [private, json!({ "keys": [] }), json!({}), Value::Null, json!("keys")] {
            let refused = admin.patch(422, &path(&created), "*", &json!({ "status": "suspended", "jwks": keys }));
            assert_eq!(refused.body["errors"][0]["pointer"], "#/jwks", "{keys}");
        }
        let kept = admin.patch(200, &path(&created), "*", &json!({}));
        assert_eq!((&kept.body["status"], &kept.body["proof"]), (&json!("active"), &json!("client_secret")));
        token(api, 200, &created);
        let (stronger, _) = api.credentials("LC-TTR", "reports:approve", None);
        let keys = json!({ "jwks": jwks(&Key::number(1)) });
        assert_eq!(admin.patch(403, &format!("/v1/clients/{stronger}"), "*", &keys).problem(), "scope-missing");
    }

    fn the_operator_keeps_clients_from_the_command_line(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", Some("qlvb"));
        let client = with(api, api.token(&id, &secret));
        assert!(succeed(api, &["suspend", &id]).contains(&format!("{id} (test LC-TTR): suspended")));
        // The service beside it asks again after some seconds.
        api.wait_seconds(6);
        client.get(401, "/v1/me");
        succeed(api, &["resume", &id]);
        api.wait_seconds(6);
        client.get(200, "/v1/me");

        let key = Key::number(1);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, key.jwks()).unwrap();
        let file = file.to_str().unwrap();
        succeed(api, &["keys", &id, "--jwks", file]);
        prove(api, 200, &id, &key, "one");
        std::fs::write(file, r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#).unwrap();
        assert!(fail(api, &["keys", &id, "--jwks", file]).contains("take the private key that was sent for disclosed"));
        assert!(fail(api, &["suspend", "qlvb"]).contains("`tiendo client list` shows it"));
        let taken = ["add", "--name", "x", "--organization", "LC", "--profile", "tasks:read", "--source", "qlvb"];
        let refused = fail(api, &taken);
        assert!(refused.contains(&format!("The source qlvb belongs to the client test LC-TTR ({id})")), "{refused}");
        assert!(!refused.contains("UNIQUE"), "{refused}");
    }

    fn a_new_client_and_a_new_secret_say_where_the_client_is(api: &Api) {
        let admin = api.client("LC", "admin tasks:read");
        let body = new("LC-TTR", &["tasks:read"]).to_string().into_bytes();
        let key = [("Idempotency-Key", "one")];
        let created = admin.send(201, "POST", "/v1/clients", &key, Some(body.clone()));
        let again = admin.send(201, "POST", "/v1/clients", &key, Some(body));
        let rotated = admin.send(201, "POST", &format!("{}/secrets", path(&created)), &[], None);
        for reply in [&created, &again, &rotated] {
            assert_eq!(admin.get(200, reply.header("location")).body["id"], created.body["client"]["id"]);
        }
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
