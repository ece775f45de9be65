//! Tokens: who gets one, what it says, and every one that is refused.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tiendo::{
    access::clients::{self, model::NewClient},
    base::db::{
        prelude::*,
        schema::{clients as client_rows, signing_keys},
        types::ClientId,
    },
};

use crate::{
    harness::{
        Api, Client, Reply,
        jwt::{Key, parts, unsigned},
        operator,
    },
    on_both,
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const BASIC: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// A client that registered a key instead of getting a secret.
fn client_with_key(api: &Api, key: &Key) -> String {
    let new = NewClient {
        name: "test key".parse().unwrap(),
        organization: "LC".parse().unwrap(),
        source: None,
        scopes: "tasks:read".to_owned(),
        jwks: Some(key.jwks()),
    };
    let (client, secret) = api.write(async move |db| clients::create(db, &operator(), new).await).unwrap();
    assert_eq!(secret, None, "a client with a key has no secret to lose");
    client.id.to_string()
}

/// Claims of a good assertion that lives a minute.
fn assertion_of(api: &Api, client: &str, jti: &str) -> Value {
    let audience = format!("{}/oauth2/token", api.base);
    json!({ "iss": client, "sub": client, "aud": audience, "jti": jti, "exp": api.seconds() + 60, "iat": api.seconds() })
}

fn present(api: &Api, expected: u16, assertion: &str) -> Reply {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    api.stranger().form(expected, "/oauth2/token", &form)
}

fn with_basic(api: &Api, expected: u16, id: &str, secret: &str, form: &[(&str, &str)]) -> Reply {
    let credentials = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", credentials.as_str())];
    api.stranger().send(expected, "POST", "/oauth2/token", &headers, Some(body.into_bytes()))
}

fn with_secret(api: &Api, expected: u16, id: &str, secret: &str, more: &[(&str, &str)]) -> Reply {
    let mut form = vec![("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    form.extend(more);
    api.stranger().form(expected, "/oauth2/token", &form)
}

fn holder(api: &Api, token: &str) -> Client {
    Client { base: api.base.clone(), token: token.to_owned() }
}

/// The private key that signs now: with it a test makes tokens that only one claim or header tells from a good one.
fn signing_key(api: &Api, kid: &str) -> Key {
    let kid = kid.to_owned();
    let find = async move |db: &mut Db| {
        Ok(both!(db, |c| signing_keys::table.find(kid).select(signing_keys::private_key).load::<String>(c))?)
    };
    Key::from_pem(&api.write(find).unwrap()[0])
}

fn set_status(api: &Api, id: &str, status: &'static str) {
    let id: ClientId = id.parse().unwrap();
    let change = async move |db: &mut Db| {
        let row = client_rows::table.find(id);
        Ok(both!(db, |c| diesel::update(row).set(client_rows::status.eq(status)).execute(c))?)
    };
    assert_eq!(api.write(change).unwrap(), 1);
}

fn assert_token_invalid(reply: &Reply, why: &str) {
    assert_eq!(reply.problem(), "token-invalid", "{why}");
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"tiendo\", error=\"invalid_token\"", "{why}");
}

on_both! {
    fn a_secret_is_taken_in_the_form_and_by_basic(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", None);
        let posted = with_secret(api, 200, &id, &secret, &[]);
        assert_eq!((&posted.body["token_type"], &posted.body["expires_in"]), (&json!("Bearer"), &json!(900)));
        assert_eq!(posted.body["scope"], "tasks:read");
        assert_eq!(posted.header("cache-control"), "no-store");
        let by_basic = with_basic(api, 200, &id, &secret, &BASIC);
        let me = holder(api, by_basic.body["access_token"].as_str().unwrap()).get(200, "/v1/me");
        assert_eq!(me.body["client"], id);
        // RFC 6749, 2.3.1: both parts are form-encoded.
        with_basic(api, 200, &id.replace('-', "%2D"), &secret, &BASIC);
    }

    fn wrong_credentials_are_refused_alike(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", None);
        let stranger = "0192d4e0-7000-7000-8000-000000000000";
        for (id, secret) in [(id.as_str(), "wrong"), (stranger, secret.as_str()), ("not an id", secret.as_str()), (&id, "")] {
            let posted = with_secret(api, 401, id, secret, &[]);
            assert_eq!(posted.body["error"], "invalid_client");
            assert_eq!((posted.header("www-authenticate"), posted.header("cache-control")), ("", "no-store"));
            let by_basic = with_basic(api, 401, id, secret, &BASIC);
            assert_eq!((&by_basic.body, by_basic.header("www-authenticate")), (&posted.body, "Basic realm=\"tiendo\""));
        }
        assert_eq!(api.stranger().form(401, "/oauth2/token", &BASIC).body["error"], "invalid_client");
    }

    fn a_token_request_that_is_not_right_gets_an_oauth_error(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", None);
        let refused = |form: &[(&str, &str)], error: &str| {
            let reply = api.stranger().form(400, "/oauth2/token", form);
            assert_eq!((&reply.body["error"], reply.header("cache-control")), (&json!(error), "no-store"), "{form:?}");
        };
        refused(&[("grant_type", "password"), ("client_id", &id), ("client_secret", &secret)], "unsupported_grant_type");
        refused(&[("client_id", &id), ("client_secret", &secret)], "invalid_request");
        refused(&[("grant_type", "client_credentials"), ("client_id", &id), ("client_id", &id)], "invalid_request");
        refused(&[("grant_type", "client_credentials"), ("client_assertion", "x"), ("client_assertion_type", "y")], "invalid_request");
        let two_kinds = with_basic(api, 400, &id, &secret, &[("grant_type", "client_credentials"), ("client_secret", &secret)]);
        assert_eq!(two_kinds.body["error"], "invalid_request");
        // RFC 6749, 3.2: a parameter that this server does not know is ignored.
        with_secret(api, 200, &id, &secret, &[("resource", "https://example.org")]);
        let json = [("Content-Type", "application/json")];
        for path in ["/oauth2/token", "/oauth2/revoke"] {
            let reply = api.stranger().send(400, "POST", path, &json, Some(b"{}".to_vec()));
            assert_eq!((&reply.body["error"], reply.header("content-type")), (&json!("invalid_request"), "application/json"));
            assert!(reply.body["error_description"].as_str().unwrap().contains("x-www-form-urlencoded"));
        }
    }

    fn a_client_proves_itself_with_a_registered_key(api: &Api) {
        let key = Key::number(1);
        let id = client_with_key(api, &key);
        let header = json!({ "alg": "ES256", "typ": "JWT" });
        let mut claims = assertion_of(api, &id, "one");
        let reply = present(api, 200, &key.sign(&header, &claims));
        assert_eq!(holder(api, reply.body["access_token"].as_str().unwrap()).get(200, "/v1/me").body["client"], id);
        for (jti, audience) in [("two", json!(api.base)), ("three", json!([api.base, "https://example.org"]))] {
            claims["jti"] = json!(jti);
            claims["aud"] = audience;
            present(api, 200, &key.sign(&header, &claims));
        }
    }

    fn an_assertion_is_good_for_one_use_on_all_instances(api: &Api) {
        let key = Key::number(1);
        let id = client_with_key(api, &key);
        let other = client_with_key(api, &key);
        let header = json!({ "alg": "ES256" });
        let assertion = key.sign(&header, &assertion_of(api, &id, "one"));
        present(api, 200, &assertion);
        assert_eq!(present(api, 401, &assertion).body["error"], "invalid_client");
        let second = api.second();
        assert_eq!(present(&second, 401, &assertion).body["error"], "invalid_client");
        // Another client may well count from one too.
        present(api, 200, &key.sign(&header, &assertion_of(api, &other, "one")));
        // What has expired is as if it were deleted already: the id may be used anew, and again only once.
        api.wait_seconds(3600);
        let anew = key.sign(&header, &assertion_of(api, &id, "one"));
        present(api, 200, &anew);
        present(api, 401, &anew);
        present(api, 401, &assertion);
    }

    fn an_assertion_that_is_not_right_is_refused(api: &Api) {
        let key = Key::number(1);
        let id = client_with_key(api, &key);
        let with_a_secret = api.credentials("LC", "tasks:read", None).0;
        let header = json!({ "alg": "ES256" });
        let now = api.seconds();
        let refused = |assertion: &str, why: &str| {
            assert_eq!(present(api, 401, assertion).body["error"], "invalid_client", "{why}");
        };
        let changes = [
            ("exp", json!(now), "expired"),
            ("exp", json!(now + 3661), "lives too long to be remembered"),
            ("exp", json!("soon"), "no instant"),
            ("exp", json!(i64::MAX), "an instant that no calendar has"),
            ("exp", Value::Null, "without an end"),
            ("nbf", json!(now + 300), "not yet"),
            ("iss", json!("someone"), "another issuer"),
            ("sub", json!(with_a_secret), "another subject"),
            ("sub", json!("someone"), "no client"),
            ("aud", json!("https://example.org"), "for another service"),
            ("aud", Value::Null, "for nobody"),
            ("jti", Value::Null, "without an id"),
            ("jti", json!(""), "an empty id"),
            ("jti", json!("x".repeat(201)), "an id too long to keep"),
        ];
        for (name, value, why) in changes {
            let mut claims = assertion_of(api, &id, why);
            claims[name] = value;
            refused(&key.sign(&header, &claims), why);
        }
        refused(&Key::number(2).sign(&header, &assertion_of(api, &id, "a")), "signed with another key");
        refused(&unsigned(&json!({ "alg": "none" }), &assertion_of(api, &id, "b")), "not signed");
        refused(&key.sign(&json!({ "alg": "none" }), &assertion_of(api, &id, "c")), "says that it is not signed");
        let mac = key.hs256_with_public_text(&json!({ "alg": "HS256" }), &assertion_of(api, &id, "d"));
        refused(&mac, "a MAC with the public key's text");
        refused(&key.sign(&json!({ "alg": "ES256", "kid": "../other" }), &assertion_of(api, &id, "e")), "unknown key id");
        refused(&key.sign(&header, &assertion_of(api, &with_a_secret, "f")), "a client without keys");
        refused("a.b.c", "no JWT");
        let good = key.sign(&header, &assertion_of(api, &id, "g"));
        let form = [("grant_type", "client_credentials"), ("client_id", with_a_secret.as_str()),
            ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", good.as_str())];
        assert_eq!(api.stranger().form(401, "/oauth2/token", &form).body["error"], "invalid_client");
        present(api, 200, &good);
    }

    fn a_client_is_told_what_is_wrong_with_an_assertion_that_it_signed(api: &Api) {
        let key = Key::number(1);
        let id = client_with_key(api, &key);
        let sign = |change: &dyn Fn(&mut Value)| {
            let mut claims = assertion_of(api, &id, "one");
            change(&mut claims);
            key.sign(&json!({ "alg": "ES256" }), &claims)
        };
        let now = api.seconds();
        let said = |assertion: &str| {
            let reply = present(api, 401, assertion);
            assert_eq!(reply.body["error"], "invalid_client");
            reply.body["error_description"].as_str().unwrap().to_owned()
        };
        // What a common library sends when it is told nothing: an hour.
        present(api, 200, &sign(&|claims| claims["exp"] = json!(now + 3600)));
        for (name, value, word) in [
            ("exp", json!(now + 3700), "at most 60 minutes"), ("exp", json!(now), "expired"), ("nbf", json!(now + 300), "nbf"),
            ("aud", json!("https://example.org"), api.base.as_str()), ("iss", json!("x"), "iss and sub"), ("jti", Value::Null, "jti"),
            ("jti", json!("one"), "used before"),
        ] {
            let text = said(&sign(&|claims| claims[name] = value.clone()));
            assert!(text.contains(word), "{name}: {text}");
        }
        let stranger = said(&Key::number(2).sign(&json!({ "alg": "ES256" }), &assertion_of(api, &id, "two")));
        assert!(stranger.starts_with("unknown client"), "{stranger}");
    }

    fn who_guesses_is_slowed_down_and_then_limited_and_locks_nobody_out(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", None);
        let wrong = |expected| with_secret(api, expected, &id, "wrong", &[]);
        let began = std::time::Instant::now();
        std::thread::scope(|scope| (0..10).for_each(|_| { scope.spawn(|| wrong(401)); }));
        assert!(began.elapsed() >= std::time::Duration::from_secs(2), "the answers were not held back");
        let limited = wrong(429);
        assert_eq!((&limited.body["error"], limited.header("cache-control")), (&json!("invalid_client"), "no-store"));
        assert!((1..=60).contains(&limited.header("retry-after").parse::<i64>().unwrap()));
        with_secret(api, 200, &id, &secret, &[]);
        with_basic(api, 200, &id, &secret, &BASIC);
        let metrics = api.stranger().get(200, "/metrics").text;
        assert!(metrics.contains("tiendo_wrong_credentials_total{outcome=\"limited\"} 1"), "{metrics}");
        api.wait_seconds(60);
        wrong(401);
    }

    fn a_form_is_small_and_not_compressed(api: &Api) {
        let form = |more: &[(&str, &str)], size: usize| {
            let headers = [&[("Content-Type", "application/x-www-form-urlencoded")], more].concat();
            api.stranger().try_send("POST", "/oauth2/token", &headers, Some(vec![b'x'; size]))
        };
        let large = form(&[], 16 * 1024 + 1);
        assert_eq!((large.status, &large.body["error"]), (413, &json!("invalid_request")));
        for encoding in ["gzip", "br", "deflate"] {
            let packed = form(&[("Content-Encoding", encoding)], 100);
            assert_eq!((packed.status, &packed.body["error"]), (400, &json!("invalid_request")), "{encoding}");
        }
        assert_eq!(form(&[], 16 * 1024).status, 400);
    }

    fn a_token_says_what_rfc_9068_asks(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read documents:read", None);
        let token = |reply: &Reply| parts(reply.body["access_token"].as_str().unwrap());
        let (header, claims) = token(&with_secret(api, 200, &id, &secret, &[]));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
        let keys = api.stranger().get(200, "/.well-known/jwks.json");
        assert_eq!(header["kid"], keys.body["keys"][0]["kid"]);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(api.base), &json!(api.base)));
        assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(id), &json!(id)));
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(api.seconds()), &json!(api.seconds() + 900)));
        assert_eq!(claims["scope"], "documents:read tasks:read");
        let (_, next) = token(&with_secret(api, 200, &id, &secret, &[]));
        assert_ne!(claims["jti"], next["jti"], "each token has an id of its own");
    }

    fn a_token_ends_by_the_clock_of_the_service(api: &Api) {
        let client = api.client("LC-TTR", "tasks:read");
        client.get(200, "/v1/me");
        api.wait_seconds(899);
        client.get(200, "/v1/me");
        api.wait_seconds(1);
        assert_token_invalid(&client.get(401, "/v1/me"), "at its last second, and already known");
        assert_token_invalid(&holder(&api.second(), &client.token).get(401, "/v1/me"), "seen for the first time");
    }

    fn the_next_key_is_published_before_it_signs(api: &Api) {
        let (id, secret) = api.credentials("LC-TTR", "tasks:read", None);
        let keys = api.stranger().get(200, "/.well-known/jwks.json");
        assert_eq!(keys.header("cache-control"), "public, max-age=3600");
        let keys = keys.body["keys"].as_array().unwrap().clone();
        assert_eq!(keys.len(), 2);
        for key in &keys {
            assert_eq!((&key["kty"], &key["crv"], &key["alg"], &key["use"]),
                (&json!("EC"), &json!("P-256"), &json!("ES256"), &json!("sig")));
            assert_eq!(key.get("d"), None, "the private half stays inside");
        }
        let kid = || parts(with_secret(api, 200, &id, &secret, &[]).body["access_token"].as_str().unwrap()).0["kid"].clone();
        assert_eq!(kid(), keys[0]["kid"]);
        api.set_time("2027-02-21T01:59:59Z");
        assert_eq!(kid(), keys[0]["kid"], "a second before its 90 days are over");
        api.set_time("2027-02-21T02:00:00Z");
        assert_eq!(kid(), keys[1]["kid"]);
    }

    fn the_metadata_says_what_an_oauth_client_needs(api: &Api) {
        let metadata = api.stranger().get(200, "/.well-known/oauth-authorization-server").body;
        let base = &api.base;
        assert_eq!(metadata["issuer"], *base);
        for (name, path) in [("token_endpoint", "/oauth2/token"), ("revocation_endpoint", "/oauth2/revoke"),
            ("jwks_uri", "/.well-known/jwks.json"), ("service_documentation", "/docs/")] {
            assert_eq!(metadata[name], format!("{base}{path}"));
        }
        assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
        assert_eq!(metadata["response_types_supported"], json!(["none"]), "RFC 8414 asks for it, and not empty");
        assert_eq!(metadata["token_endpoint_auth_methods_supported"],
            json!(["private_key_jwt", "client_secret_basic", "client_secret_post"]));
        let algorithms = metadata["token_endpoint_auth_signing_alg_values_supported"].as_array().unwrap();
        assert!(algorithms.contains(&json!("ES256")));
        assert!(!algorithms.iter().any(|name| name == "none" || name.as_str().unwrap().starts_with("HS")));
        let scopes = metadata["scopes_supported"].as_array().unwrap();
        assert!(scopes.contains(&json!("tasks:assign")) && scopes.contains(&json!("admin")));
    }

    fn a_token_that_is_not_ours_is_refused(api: &Api) {
        let client = api.client("LC", "tasks:read");
        let (header, claims) = parts(&client.token);
        let key = signing_key(api, header["kid"].as_str().unwrap());
        let refused = |token: &str, why: &str| assert_token_invalid(&holder(api, token).get(401, "/v1/me"), why);
        let with = |base: &Value, name: &str, value: Value| {
            let mut changed = base.clone();
            changed[name] = value;
            changed
        };
        holder(api, &key.sign(&header, &with(&claims, "jti", json!("by hand")))).get(200, "/v1/me");
        let (rest, signature) = client.token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        refused(&format!("{rest}.{first}{}", &signature[1..]), "a changed signature");
        refused(&key.sign(&header, &claims).replace('.', ".."), "two dots");
        refused(&unsigned(&with(&header, "alg", json!("none")), &claims), "alg none");
        refused(&unsigned(&header, &claims), "no signature");
        refused(&key.hs256_with_public_text(&with(&header, "alg", json!("HS256")), &claims), "a MAC with the public key's text");
        refused(&Key::number(7).sign(&header, &claims), "signed by another");
        for (name, value) in [("aud", json!("https://example.org")), ("aud", Value::Null), ("iss", json!("https://example.org")),
            ("iss", Value::Null), ("exp", json!(api.seconds())), ("exp", Value::Null), ("exp", json!("later")),
            ("client_id", json!("someone")), ("client_id", json!("0192d4e0-7000-7000-8000-000000000000")), ("scope", json!("everything"))] {
            refused(&key.sign(&header, &with(&claims, name, value.clone())), &format!("{name} {value}"));
        }
        for (name, value) in [("typ", json!("JWT")), ("typ", Value::Null), ("kid", Value::Null), ("kid", json!("unknown")),
            ("kid", json!("../../../etc/passwd")), ("kid", json!("' OR 1=1 --")), ("alg", json!("RS256"))] {
            refused(&key.sign(&with(&header, name, value.clone()), &claims), &format!("{name} {value}"));
        }
        for garbage in ["x", "a.b", "a.b.c", "..", "e30.e30.e30", &"x".repeat(4000)] {
            refused(garbage, garbage);
        }
    }

    fn a_token_of_another_service_is_refused(api: &Api) {
        let elsewhere = Api::on(&crate::harness::Database::sqlite());
        let token = elsewhere.client("LC", "tasks:read").token;
        assert_token_invalid(&holder(api, &token).get(401, "/v1/me"), "another service's");
    }

    fn without_a_token_the_challenge_has_no_error_code(api: &Api) {
        let basic = [("Authorization", "Basic YTpi")];
        for headers in [&[][..], &basic] {
            let reply = api.stranger().send(401, "GET", "/v1/me", headers, None);
            assert_eq!((reply.problem(), reply.header("www-authenticate")), ("token-missing", "Bearer realm=\"tiendo\""));
        }
        // RFC 9110, 11.1: the scheme's letters may be of either size.
        let token = api.client("LC", "tasks:read").token;
        api.stranger().send(200, "GET", "/v1/me", &[("Authorization", &format!("bearer {token}"))], None);
    }

    fn a_token_carries_the_scopes_asked_for_and_no_more(api: &Api) {
        let (id, secret) = api.credentials("LC", "organizations:read organizations:write", None);
        let narrow = with_secret(api, 200, &id, &secret, &[("scope", "organizations:read")]);
        assert_eq!(narrow.body["scope"], "organizations:read");
        let holder = holder(api, narrow.body["access_token"].as_str().unwrap());
        holder.get(200, "/v1/organizations");
        let refused = holder.post(403, "/v1/organizations", &json!({}));
        assert_eq!((refused.problem(), refused.header("www-authenticate")), ("scope-missing",
            "Bearer realm=\"tiendo\", error=\"insufficient_scope\", scope=\"organizations:write\""));
        let some = with_secret(api, 200, &id, &secret, &[("scope", "organizations:read tasks:read")]);
        assert_eq!(some.body["scope"], "organizations:read", "what the client has not is left out, and said");
        for wanted in ["tasks:read", "everything", "organizations:read everything", "", " "] {
            let reply = with_secret(api, 400, &id, &secret, &[("scope", wanted)]);
            assert_eq!(reply.body["error"], "invalid_scope", "{wanted:?}");
        }
    }

    fn a_token_taken_back_is_refused_here_at_once_and_elsewhere_within_five_seconds(api: &Api) {
        let (id, secret) = api.credentials("LC", "tasks:read", None);
        let token = |reply: &Reply| reply.body["access_token"].as_str().unwrap().to_owned();
        let (first, second) = (token(&with_secret(api, 200, &id, &secret, &[])), token(&with_secret(api, 200, &id, &secret, &[])));
        let elsewhere = api.second();
        for at in [api, &elsewhere] {
            holder(at, &first).get(200, "/v1/me");
        }
        let revoke = |token: &str, id: &str, secret: &str, expected| {
            let form = [("token", token), ("token_type_hint", "access_token"), ("client_id", id), ("client_secret", secret)];
            api.stranger().form(expected, "/oauth2/revoke", &form)
        };
        revoke(&first, &id, &secret, 200);
        assert_token_invalid(&holder(api, &first).get(401, "/v1/me"), "taken back here");
        api.wait_seconds(5);
        assert_token_invalid(&holder(&elsewhere, &first).get(401, "/v1/me"), "taken back elsewhere");
        // RFC 7009, 2.2: twice is no mistake, and neither is a token that never was one.
        revoke(&first, &id, &secret, 200);
        revoke("garbage", &id, &secret, 200);
        let (other, other_secret) = api.credentials("XX", "tasks:read", None);
        revoke(&second, &other, &other_secret, 200);
        assert_eq!(revoke(&second, &id, "wrong", 401).body["error"], "invalid_client");
        holder(api, &second).get(200, "/v1/me");
    }

    fn a_suspended_client_is_shut_out_within_five_seconds(api: &Api) {
        let (id, secret) = api.credentials("LC", "tasks:read", None);
        let reply = with_secret(api, 200, &id, &secret, &[]);
        let client = holder(api, reply.body["access_token"].as_str().unwrap());
        client.get(200, "/v1/me");
        set_status(api, &id, "suspended");
        assert_eq!(with_secret(api, 401, &id, &secret, &[]).body["error"], "invalid_client");
        api.wait_seconds(5);
        assert_token_invalid(&client.get(401, "/v1/me"), "suspended");
        set_status(api, &id, "active");
        client.get(200, "/v1/me");
    }

    fn a_secret_that_was_replaced_stops_working(api: &Api) {
        let (id, secret) = api.credentials("LC", "tasks:read", None);
        let client: ClientId = id.parse().unwrap();
        let (_, next) = api.write(async move |db| clients::rotate(db, &operator(), client).await).unwrap();
        assert_eq!(with_secret(api, 401, &id, &secret, &[]).body["error"], "invalid_client");
        with_secret(api, 200, &id, &next, &[]);
    }

    fn me_says_who_calls_and_what_it_may(api: &Api) {
        let client = api.client_of("LC-TTR", "executing-agency", Some("ioc"));
        let me = client.get(200, "/v1/me").body;
        assert_eq!((&me["organization"], &me["source"], &me["name"]), (&json!("LC-TTR"), &json!("ioc"), &json!("test LC-TTR")));
        assert_eq!(me["server_time"], crate::harness::NOW);
        let scopes = me["scopes"].as_array().unwrap();
        assert!(scopes.contains(&json!("tasks:progress")) && !scopes.contains(&json!("tasks:assign")));
        assert_eq!(me["limits"]["body_bytes"], 10_485_760);
    }
}
