//! Connections: what a peer does with them stops nobody else.

use crate::harness::{Healthy, Service, on_both};

#[test]
fn it_says_that_it_lives_and_serves_a_healthy_client() {
    on_both(|database| {
        let service = Service::start(database, &[]);
        let healthy = Healthy::begin(&service);
        assert_eq!(service.get("/health/live").0, 200);
        std::thread::sleep(std::time::Duration::from_millis(300));
        let report = healthy.end();
        assert!(report.requests > 5 && report.failures.is_empty(), "{report:?}");
    });
}
