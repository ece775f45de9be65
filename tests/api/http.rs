//! What every operation does the same way, shown on the tree: strict input, refusals, headers, retries, limits.

use std::{
    io::Write,
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    harness::{
        Api, Client, Database, Reply,
        wire::{Wire, post_head},
    },
    on_both,
};

pub const PATH: &str = "/v1/organizations";

pub fn keeper(api: &Api) -> Client {
    api.client("LC", "organizations:read organizations:write")
}

pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

pub fn office(code: &str) -> Value {
    json!({ "code": code, "name": "Văn phòng", "kind": "office", "parent": "LC" })
}

pub fn post_raw(client: &Client, expected: u16, body: impl AsRef<[u8]>) -> Reply {
    client.send(expected, "POST", PATH, &[], Some(body.as_ref().to_vec()))
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// RFC 9457, and what the contract adds to it.
fn assert_problem(api: &Api, reply: &Reply, slug: &str) {
    assert_eq!(reply.problem(), slug, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.body["status"], reply.status);
    assert_eq!(reply.body["instance"], reply.header("x-request-id"));
    for member in ["title", "detail"] {
        assert!(reply.body[member].as_str().is_some_and(|text| !text.is_empty()), "{}", reply.text);
    }
    let kind = reply.body["type"].as_str().unwrap();
    let help = api.stranger().get(200, kind).body;
    assert_eq!(
        (&help["type"], &help["status"], &help["title"]),
        (&json!(kind), &json!(reply.status), &reply.body["title"])
    );
}

on_both! {
    fn every_refusal_is_a_problem_that_explains_itself(api: &Api) {
        let client = keeper(api);
        let reader = api.client("LC", "organizations:read");
        let big = vec![b' '; 10 * 1024 * 1024 + 1];
        let form = [("Content-Type", "text/plain")];
        for (reply, slug) in [
            (post_raw(&client, 400, "{"), "malformed-request"),
            (client.get(400, "/v1/organizations?x=1"), "invalid-parameter"),
            (client.get(400, "/v1/organizations?cursor=x"), "invalid-cursor"),
            (api.stranger().get(401, PATH), "token-missing"),
            (Client { token: "x".to_owned(), ..client.clone() }.get(401, PATH), "token-invalid"),
            (reader.post(403, PATH, &office("LC-X")), "scope-missing"),
            (client.get(404, "/v1/organizations/XX"), "not-found"),
            (client.get(404, "/nowhere"), "not-found"),
            (client.send(405, "DELETE", PATH, &[], None), "method-not-allowed"),
            (client.post(409, PATH, &office("LC-TTR")), "already-exists"),
            (client.patch(412, "/v1/organizations/LC", "\"9\"", &json!({})), "version-stale"),
            (gzip_post(&client, 413, &gzipped(&big)), "body-too-large"),
            (client.send(415, "POST", PATH, &form, Some(b"x".to_vec())), "unsupported-media-type"),
            (client.post(422, PATH, &json!({})), "invalid-body"),
            (client.send(428, "PATCH", "/v1/organizations/LC", &[], Some(b"{}".to_vec())), "if-match-required"),
        ] {
            assert_problem(api, &reply, slug);
        }
    }

    fn a_body_may_have_ten_mebibytes_and_no_more(api: &Api) {
        let client = keeper(api);
        let mut body = office("LC-X").to_string().into_bytes();
        body.resize(10 * 1024 * 1024, b' ');
        post_raw(&client, 201, &body);
        body.push(b' ');
        for encoding in ["Content-Length: 10485761\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\na00001\r\n"] {
            let mut wire = Wire::to(api);
            let answer = wire.say(format!("{}{encoding}", post_head(PATH, &client.token))).say(&body).answer().unwrap();
            assert_eq!(answer.status, 413, "{encoding}");
        }
    }

    fn a_compressed_body_is_read_and_a_bomb_is_not(api: &Api) {
        let client = keeper(api);
        gzip_post(&client, 201, &gzipped(office("LC-X").to_string().as_bytes()));
        let bomb = gzipped(&vec![b' '; 200 << 20]);
        assert!(bomb.len() < 2 << 20);
        gzip_post(&client, 413, &bomb);
        assert_eq!(gzip_post(&client, 400, b"not gzip").problem(), "malformed-request");
        assert_eq!(gzip_post(&client, 400, &gzipped(b"{}")[..12]).problem(), "malformed-request");
    }

    fn a_body_is_compressed_in_one_of_two_ways_or_not_at_all(api: &Api) {
        let client = keeper(api);
        let send = |expected, encoding: &str, body: Vec<u8>| client.send(expected, "POST", PATH, &[("Content-Encoding", encoding)], Some(body));
        let body = |code: &str| office(code).to_string().into_bytes();
        send(201, "x-gzip", [gzipped(&body("LC-X")[..9]), gzipped(&body("LC-X")[9..])].concat());
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &body("LC-Y")).unwrap();
        send(201, "deflate", encoder.finish().unwrap());
        send(201, "identity", body("LC-Z"));
        for encoding in ["br", "zstd", "lzma", "compress", "gzip, gzip", "*"] {
            let refused = send(415, encoding, gzipped(&body("LC-W")));
            assert_eq!((refused.problem(), refused.header("accept-encoding")), ("unsupported-content-encoding", "gzip, deflate"), "{encoding}");
        }
        client.get(404, "/v1/organizations/LC-W");
    }

    fn a_body_of_too_many_values_is_refused_however_small_they_are(api: &Api) {
        let client = api.client("LC", "organizations:write indicators:write observations:write");
        let many = |item: &str, count: usize| format!("[{}{item}]", format!("{item},").repeat(count - 1)).into_bytes();
        for path in ["/v1/observations", "/v1/organizations"] {
            assert_eq!(client.send(413, "POST", path, &[], Some(many("0", 200_000))).problem(), "body-too-large", "{path}");
        }
        assert_eq!(client.send(422, "POST", "/v1/observations", &[], Some(many("0", 50_000))).problem(), "too-many-rows");
        let long = "x".repeat(1 << 20);
        let refused = client.post(422, "/v1/organizations", &json!({ long: 1 }));
        assert!(refused.codes().contains(&"unknown-field") && refused.text.len() < 4000, "{}", refused.text.len());
    }

    fn a_query_that_is_not_right_is_refused_by_name(api: &Api) {
        let client = keeper(api);
        for (query, parameter) in [
            ("colour=red", "colour"), ("limit=0", "limit"), ("limit=501", "limit"), ("limit=abc", "limit"), ("limit=-1", "limit"),
            ("limit=", "limit"), ("limit=1&limit=1", "limit"), ("kind=a&kind=b", "kind"), ("count=all", "count"),
            ("kind=%00", "kind"), ("kind=", "kind"), ("under=lower%20case", "under"), ("Limit=1", "Limit"),
        ] {
            let reply = client.get(400, &format!("{PATH}?{query}"));
            assert_eq!(reply.body["errors"][0]["parameter"], parameter, "{query}: {}", reply.text);
        }
        client.get(200, "/v1/organizations?limit=500");
    }

    fn a_path_that_names_nothing_is_404(api: &Api) {
        let client = keeper(api);
        for path in ["/v1", "/v1/", "/v1/organizations/", "/v1/organizations/%00", "/v1/organizations/%FF", "/v1/organizations/a%2Fb",
            "/v1/organizations/..%2f..%2fetc", "/v2/organizations", "//v1/organizations", &format!("{PATH}/{}", "x".repeat(3000))] {
            assert_eq!(client.get(404, path).problem(), "not-found", "{path}");
        }
    }

    fn a_method_that_is_not_taken_is_405_with_those_that_are(api: &Api) {
        let client = keeper(api);
        for (path, allow) in [(PATH, "GET, HEAD, POST, OPTIONS"), ("/v1/organizations/LC", "GET, HEAD, PATCH, OPTIONS"),
            ("/oauth2/token", "POST, OPTIONS"), ("/openapi.json", "GET, HEAD, OPTIONS"),
            ("/openapi-3.0.json", "GET, HEAD, OPTIONS")] {
            for method in ["DELETE", "TRACE", "BREW"] {
                let reply = client.send(405, method, path, &[], None);
                assert_eq!((reply.problem(), reply.header("allow")), ("method-not-allowed", allow), "{method} {path}");
            }
            assert_eq!(client.send(204, "OPTIONS", path, &[], None).header("allow"), allow);
        }
        client.put(405, PATH, &json!({}));
        // The address of a word is not one of `/v1/tasks/{id}`.
        let summary = api.client("LC", "tasks:assign").send(405, "PATCH", "/v1/tasks/summary", &[], Some(b"{}".to_vec()));
        assert_eq!((summary.problem(), summary.header("allow")), ("method-not-allowed", "GET, HEAD, OPTIONS"));
        client.send(404, "OPTIONS", "/nowhere", &[], None);
    }

    fn head_answers_as_get_without_the_body(api: &Api) {
        let client = keeper(api);
        let path = "/v1/organizations/LC";
        let (get, head) = (client.get(200, path), client.send(200, "HEAD", path, &[], None));
        assert_eq!((head.etag(), head.header("content-length")), (get.etag(), get.header("content-length")));
        assert_eq!((head.text.as_str(), get.text.is_empty()), ("", false));
        client.send(404, "HEAD", "/v1/organizations/XX", &[], None);
    }

    fn a_problem_speaks_vietnamese_unless_english_is_asked_for(api: &Api) {
        let ask = |headers: &[(&str, &str)], language: &str, title: &str| {
            let reply = api.stranger().send(404, "GET", "/nowhere", headers, None);
            assert_eq!((reply.header("content-language"), &reply.body["title"]), (language, &json!(title)), "{headers:?}");
        };
        ask(&[], "vi", "Không tìm thấy");
        for vietnamese in ["vi", "vi, en;q=0.5", "fr", "*", ";;q=x,,"] {
            ask(&[("Accept-Language", vietnamese)], "vi", "Không tìm thấy");
        }
        for english in ["en", "en-GB, vi;q=0.5", "fr, en;q=0.1"] {
            ask(&[("Accept-Language", english)], "en", "Not found");
        }
    }

    fn a_request_keeps_its_id_when_it_is_well_formed(api: &Api) {
        let ask = |id: &str| api.stranger().send(200, "GET", "/health/live", &[("X-Request-Id", id)], None).header("x-request-id").to_owned();
        assert_eq!(ask("abc-123_.X"), "abc-123_.X");
        for other in ["two words", "<script>", "", &"x".repeat(129)] {
            let fixtures = ask(other);
            assert!(fixtures != other && fixtures.len() == 36, "{fixtures}");
        }
        let client = keeper(api);
        let id = [("X-Request-Id", "from-the-caller")];
        client.send(201, "POST", PATH, &id, Some(office("LC-X").to_string().into_bytes()));
        let history = client.get(200, "/v1/organizations/LC-X/history");
        assert_eq!(history.body["items"][0]["request_id"], "from-the-caller");
    }

    fn what_is_not_public_is_not_stored_by_caches(api: &Api) {
        let client = keeper(api);
        for path in [PATH, "/v1/me", "/v1/organizations/XX", "/health/ready"] {
            let status = if path.ends_with("XX") { 404 } else { 200 };
            assert_eq!(client.get(status, path).header("cache-control"), "no-store", "{path}");
        }
    }

    fn every_answer_says_what_a_browser_may_not_do_with_it(api: &Api) {
        let client = keeper(api);
        let tag = client.get(200, "/v1/organizations/LC").etag().to_owned();
        let form = [("grant_type", "password")];
        for reply in [
            client.get(200, PATH),
            client.send(304, "GET", "/v1/organizations/LC", &[("If-None-Match", &tag)], None),
            api.stranger().get(401, PATH),
            client.get(404, "/nowhere"),
            client.send(405, "DELETE", PATH, &[], None),
            api.stranger().form(400, "/oauth2/token", &form),
            api.stranger().get(200, "/metrics"),
            api.stranger().get(200, "/docs/"),
        ] {
            let names = ["x-content-type-options", "referrer-policy", "x-frame-options", "strict-transport-security"];
            assert_eq!(names.map(|name| reply.header(name)), ["nosniff", "no-referrer", "DENY", ""], "{reply:?}");
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none';") && policy.ends_with("frame-ancestors 'none'"), "{reply:?}");
        }
    }

    fn a_version_that_the_caller_has_is_not_sent_again(api: &Api) {
        let client = keeper(api);
        let path = "/v1/organizations/LC";
        let etag = client.get(200, path).etag().to_owned();
        assert_eq!(api.client("LC", "organizations:read").get(200, path).etag(), etag, "whoever asks");
        for known in [etag.clone(), format!("W/{etag}"), "*".to_owned(), format!("\"x\", {etag}")] {
            let reply = client.send(304, "GET", path, &[("If-None-Match", &known)], None);
            assert_eq!((reply.etag(), reply.text.as_str()), (etag.as_str(), ""));
        }
        client.send(200, "GET", path, &[("If-None-Match", "\"999\"")], None);
        client.send(200, "GET", path, &[("If-None-Match", "1")], None);
    }

    fn a_change_takes_every_form_of_the_tag_that_was_read(api: &Api) {
        let client = keeper(api);
        let path = "/v1/organizations/LC";
        for (number, form) in ["{}", "W/{}", "*", "\"x\", {}", "\"0\" , W/{},", "{day}"].into_iter().enumerate() {
            let etag = client.get(200, path).etag().to_owned();
            let by_day = etag.replacen('"', "\0", 1).replace('"', ".overdue\"").replace('\0', "\"");
            let tags = form.replace("{day}", &by_day).replace("{}", &etag);
            client.patch(200, path, &tags, &json!({ "name": format!("Tên {number}") }));
        }
        let stale = client.patch(412, path, "\"1\", \"x\"", &json!({ "name": "Tên" }));
        assert_eq!((stale.problem(), stale.etag()), ("version-stale", ""));
    }

    fn a_condition_that_cannot_be_read_is_refused_and_not_passed_over(api: &Api) {
        let client = keeper(api);
        for tags in ["1", "\"1", "\"1\", 2", "'1'", "w/\"1\"", "*, \"1\""] {
            let reply = client.patch(400, "/v1/organizations/LC", tags, &json!({ "name": "Tên" }));
            assert_eq!((reply.problem(), &reply.body["errors"][0]["header"]), ("malformed-request", &json!("If-Match")), "{tags}");
        }
        for tags in ["", " , "] {
            let reply = client.patch(428, "/v1/organizations/LC", tags, &json!({ "name": "Tên" }));
            assert_eq!(reply.problem(), "if-match-required", "{tags}");
        }
    }

    fn an_answer_is_compressed_as_the_caller_can_read_it(api: &Api) {
        let token = keeper(api).token;
        let ask = |encoding: &str| {
            let head = format!("GET {PATH} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n");
            Wire::to(api).say(format!("{head}Accept-Encoding: {encoding}\r\n\r\n")).answer().unwrap()
        };
        for encoding in ["gzip", "br, gzip"] {
            let answer = ask(encoding);
            assert!(answer.head.contains("content-encoding: gzip"), "{}", answer.head);
            assert!(answer.head.contains("vary: accept-encoding"), "{}", answer.head);
            assert!(!answer.body.windows(4).any(|part| part == b"code"));
        }
        for encoding in ["identity", "br"] {
            assert!(!ask(encoding).head.contains("content-encoding"), "{encoding}");
        }
    }

    fn an_idempotency_key_may_be_bare_or_quoted_but_not_long(api: &Api) {
        let client = keeper(api);
        let send = |expected, key: &str, code: &str| {
            client.send(expected, "POST", PATH, &[("Idempotency-Key", key)], Some(office(code).to_string().into_bytes()))
        };
        assert_eq!(send(201, "\"key-1\"", "LC-X").header("idempotency-replayed"), "");
        assert_eq!(send(201, "key-1", "LC-X").header("idempotency-replayed"), "true", "quoted or bare is the same key");
        assert_eq!(send(422, "key-1", "LC-Y").problem(), "idempotency-key-reused");
        send(201, &"k".repeat(255), "LC-Y");
        for key in ["", "\"\"", "two words", &"k".repeat(256)] {
            let reply = send(400, key, "LC-Z");
            assert_eq!((reply.problem(), &reply.body["errors"][0]["header"]), ("malformed-request", &json!("Idempotency-Key")));
        }
        // Another client's key is another key; a refusal is not kept; after seven days the key is free.
        let other = keeper(api);
        let header = [("Idempotency-Key", "key-1")];
        other.send(201, "POST", PATH, &header, Some(office("LC-Z").to_string().into_bytes()));
        send(409, "key-2", "LC-X");
        send(201, "key-2", "LC-W");
        api.wait_seconds(7 * 86_400 + 1);
        let (id, secret) = api.credentials("LC", "organizations:write", None);
        let form = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
        let token = api.stranger().form(200, "/oauth2/token", &form).body["access_token"].as_str().unwrap().to_owned();
        let late = Client { token, ..client.clone() };
        late.send(201, "POST", PATH, &header, Some(office("LC-V").to_string().into_bytes()));
    }

    fn one_key_at_once_from_many_has_one_effect(api: &Api) {
        let client = keeper(api);
        let start = Arc::new(Barrier::new(32));
        let send = |client: Client, start: Arc<Barrier>| move || {
            start.wait();
            client.try_send("POST", PATH, &[("Idempotency-Key", "once")], Some(office("LC-X").to_string().into_bytes()))
        };
        let threads: Vec<_> = (0..32).map(|_| std::thread::spawn(send(client.clone(), Arc::clone(&start)))).collect();
        let answers: Vec<Reply> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!(done.iter().filter(|answer| answer.header("idempotency-replayed") != "true").count(), 1);
        assert!(done.iter().all(|answer| answer.text == done[0].text));
        for answer in refused {
            assert_eq!((answer.status, answer.problem(), answer.header("retry-after")), (409, "idempotency-in-progress", "1"));
        }
        assert_eq!(client.get(200, "/v1/organizations/LC-X/history?count=exact").body["total"], 1);
    }

    fn a_body_cut_in_the_middle_writes_nothing(api: &Api) {
        let client = keeper(api);
        let body = office("LC-X").to_string();
        let whole_chunk = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len());
        let too_short = format!("Content-Length: {}\r\n\r\n{body}", body.len() + 1);
        for rest in [&whole_chunk, &too_short, &too_short[..60]] {
            let answer = Wire::to(api).say(format!("{}{rest}", post_head(PATH, &client.token))).cut().answer();
            assert!(answer.is_none_or(|answer| answer.status == 400), "{rest}");
        }
        client.get(404, "/v1/organizations/LC-X");
    }
}

fn gzip_post(client: &Client, expected: u16, body: &[u8]) -> Reply {
    client.send(expected, "POST", PATH, &[("Content-Encoding", "gzip")], Some(body.to_vec()))
}

#[test]
fn a_client_that_spent_its_minute_waits_for_the_next() {
    let api = Api::with(&Database::sqlite(), |settings| settings.requests_per_minute = 3);
    api.wait_seconds(20);
    let client = api.client("LC", "organizations:read");
    for left in [2, 1, 0] {
        let reply = client.get(200, "/v1/me");
        assert_eq!(reply.header("ratelimit-policy"), "\"minute\";q=3;w=60");
        assert_eq!(reply.header("ratelimit"), format!("\"minute\";r={left};t=40"));
    }
    let refused = client.get(429, PATH);
    assert_problem(&api, &refused, "rate-limited");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("40", "\"minute\";r=0;t=40"));
    api.client("LC", "organizations:read").get(200, "/v1/me");
    api.wait_seconds(40);
    client.get(200, "/v1/me");
    assert_eq!(api.stranger().get(200, "/v1/problems").header("ratelimit"), "", "nobody's quota");
}

/// A service that waits a second where it would wait ten or thirty.
fn impatient() -> Api {
    Api::with(&Database::sqlite(), |settings| {
        settings.head_time = Duration::from_secs(1);
        settings.body_time = Duration::from_secs(1);
    })
}

#[test]
fn slow_clients_are_cut_off_and_hold_nobody_up() {
    let api = impatient();
    let client = keeper(&api);
    let body = office("LC-X").to_string();
    let head = post_head(PATH, &client.token);
    let began = Instant::now();
    let mut half_a_head: Vec<_> = (0..20).map(|_| Wire::to(&api)).collect();
    let mut half_a_body: Vec<_> = (0..20).map(|_| Wire::to(&api)).collect();
    for wire in &mut half_a_head {
        wire.say("GET /v1/me HTTP/1.1\r\nHost: te");
    }
    for wire in &mut half_a_body {
        wire.say(format!("{head}Content-Length: {}\r\n\r\n{}", body.len(), &body[..20]));
    }
    client.get(200, "/v1/me");
    assert!(began.elapsed() < Duration::from_millis(900), "others are answered meanwhile: {:?}", began.elapsed());
    for wire in &mut half_a_head {
        assert!(wire.answer().is_none_or(|answer| answer.status == 408));
    }
    for wire in &mut half_a_body {
        let answer = wire.answer().unwrap();
        assert_eq!(answer.status, 408);
        assert!(String::from_utf8_lossy(&answer.body).contains("/v1/problems/request-timeout"));
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    client.get(404, "/v1/organizations/LC-X");
}

#[test]
fn a_body_that_trickles_has_one_deadline_for_all_of_it() {
    let api = impatient();
    let client = keeper(&api);
    let mut wire = Wire::to(&api);
    wire.say(format!("{}Content-Length: 100\r\n\r\n", post_head(PATH, &client.token)));
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1500) {
        wire.say(" ");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(wire.answer().unwrap().status, 408);
}

#[test]
fn a_chunked_body_that_stops_does_not_keep_its_connection() {
    let api = impatient();
    let token = keeper(&api).token;
    let began = Instant::now();
    for (token, status) in [("x", 401), (token.as_str(), 408)] {
        let mut wire = Wire::to(&api);
        wire.say(post_head(PATH, token)).say("Transfer-Encoding: chunked\r\n\r\n10\r\n{");
        assert_eq!(wire.answer().unwrap().status, status);
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn what_is_not_http_is_refused() {
    let api = Api::on(&Database::sqlite());
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let answer = Wire::to(&api).say(bytes).cut().answer();
        assert!(answer.is_none_or(|answer| answer.status == 400), "{:?}", String::from_utf8_lossy(bytes));
    }
    let long = format!("GET / HTTP/1.1\r\nX-Long: {}\r\n\r\n", "x".repeat(400_000));
    assert!(Wire::to(&api).say(long).answer().is_none_or(|answer| answer.status == 431));
    api.stranger().get(200, "/health/live");
}
