//! The quota of requests: so many for each client in a minute of the service's clock, told in every answer.

use std::{collections::HashMap, sync::Mutex};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::base::{
    db::types::{ClientId, Instant},
    i18n::Bilingual,
    problem::{Problem, kinds},
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// What the clients of this instance have spent of the present minute.
pub struct Quotas {
    per_minute: u32,
    spent: Mutex<HashMap<ClientId, (i64, u32)>>,
}

/// What a client may still do, after the request that it was counted for.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    most: u32,
    left: u32,
    /// Until the next minute begins.
    seconds: u32,
    is_exceeded: bool,
}

impl Quotas {
    /// Nothing spent yet; 0 is no limit.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, spent: Mutex::default() }
    }

    /// Requests that a client may make in a minute; 0 is no limit.
    #[must_use]
    pub fn per_minute(&self) -> u32 {
        self.per_minute
    }

    /// Counts a request; `None` when there is no limit.
    pub fn spend(&self, client: ClientId, now: Instant) -> Option<Quota> {
        if self.per_minute == 0 {
            return None;
        }
        let seconds = now.utc().timestamp();
        let minute = seconds.div_euclid(60);
        let mut spent = self.spent.lock().ok()?;
        let entry = spent.entry(client).or_insert((minute, 0));
        if entry.0 != minute {
            *entry = (minute, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        Some(Quota {
            most: self.per_minute,
            left: self.per_minute.saturating_sub(entry.1),
            seconds: u32::try_from(60 - seconds.rem_euclid(60)).unwrap_or(60),
            is_exceeded: entry.1 > self.per_minute,
        })
    }
}

impl Quota {
    /// Passes while something is left.
    ///
    /// # Errors
    /// `rate-limited`.
    pub fn check(&self) -> Result<(), Problem> {
        if !self.is_exceeded {
            return Ok(());
        }
        let mut problem = Problem::new(
            &kinds::RATE_LIMITED,
            Bilingual::new("Đã dùng hết hạn mức của phút này.", "The quota of this minute is used up."),
        );
        problem.retry_after = Some(self.seconds);
        Err(problem)
    }

    /// Says it in the fields of draft-ietf-httpapi-ratelimit-headers.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let policy = format!("\"minute\";q={};w=60", self.most);
        let left = format!("\"minute\";r={};t={}", self.left, self.seconds);
        for (name, text) in [(POLICY, policy), (LEFT, left)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}
