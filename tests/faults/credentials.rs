//! Guesses at credentials: they are slowed down and limited, and lock nobody out.

use std::time::{Duration, Instant};

use crate::harness::{
    Database, Healthy, Service,
    http::{Answer, connect_from, exchange, parsed},
};

fn ask(service: &Service, from: &str, secret: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", service.credentials().0);
    let request = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = connect_from(from, service.address()).unwrap();
    parsed(&exchange(&mut stream, request.as_bytes())).unwrap()
}

#[test]
fn six_hundred_guesses_are_limited_and_the_true_client_is_let_in() {
    let service = Service::start(Database::Sqlite, &[]);
    let (healthy, secret) = (Healthy::begin(&service), service.credentials().1);
    let guess = |number: usize| ask(&service, "127.0.0.1", &format!("tds_{number}")).status;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guessers: Vec<_> = (0..30)
            .map(|thread| scope.spawn(move || (0..20).map(|turn| guess(20 * thread + turn)).collect::<Vec<_>>()))
            .collect();
        // From there, and from elsewhere.
        for from in ["127.0.0.1", "127.0.0.2"] {
            let (began, answer) = (Instant::now(), ask(&service, from, &secret));
            assert_eq!(answer.status, 200, "{from}: {}", answer.text());
            assert!(began.elapsed() < Duration::from_secs(2), "{from}: {:?}", began.elapsed());
        }
        guessers.into_iter().flat_map(|guesser| guesser.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
    // The minute may end once meanwhile.
    let limited = statuses.iter().filter(|status| **status == 429).count();
    assert!(limited >= statuses.len() - 30, "{limited} of {}", statuses.len());
    let refused = ask(&service, "127.0.0.1", "tds_wrong");
    assert!(refused.status == 401 || !refused.header("retry-after").is_empty());
    assert_eq!(ask(&service, "127.0.0.3", "tds_wrong").status, 401, "another place begins anew");
    let report = healthy.end();
    assert!(report.failures.is_empty(), "{report:?}");
}
