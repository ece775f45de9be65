//! Refusals that no layer of the application gives: whole answers as bytes, logged and counted here.

use std::{fmt::Write, net::IpAddr, sync::Arc};

use actix_web::{body::MessageBody, http::StatusCode, web::Bytes};

use crate::{
    base::{
        clock::{Clock, new_id},
        i18n::{Bilingual, Language, bilingual},
        problem::{self, Problem, kinds},
    },
    server::{safety_headers::SafetyHeaders, telemetry::Refusals},
};

/// What refusals are made with.
#[derive(Clone)]
pub struct Words {
    pub clock: Arc<Clock>,
    pub refusals: Refusals,
    pub headers: SafetyHeaders,
}

impl Words {
    /// The answer that says it, as the last of its connection. Nobody has read what language the caller wants.
    pub fn of(&self, problem: &Problem, peer: IpAddr) -> Bytes {
        let id = new_id().to_string();
        let (status, slug) = (problem.kind.status, problem.kind.slug);
        tracing::info!(request_id = id, address = %peer, problem = slug, status, "refused");
        self.refusals.count(slug);
        let mut answer = problem::render(problem, Language::Vi, &id);
        self.headers.add(answer.headers_mut(), "");
        let date = self.clock.now().utc().format("%a, %d %b %Y %H:%M:%S GMT");
        let mut head =
            format!("HTTP/1.1 {}\r\nconnection: close\r\ndate: {date}\r\nx-request-id: {id}\r\n", answer.status());
        head += "cache-control: no-store\r\n";
        for (name, value) in answer.headers() {
            let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
        }
        let body = answer.into_body().try_into_bytes().unwrap_or_default();
        let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), &body].concat().into()
    }
}

/// The head was not complete in time.
pub fn head_too_slow(seconds: u64) -> Problem {
    Problem::new(
        &kinds::REQUEST_TIMEOUT,
        bilingual!(
            "Phần đầu của yêu cầu chưa đến đủ sau {seconds} giây.",
            "The head of the request was not complete after {seconds} seconds."
        ),
    )
}

/// The head is larger than any that is read.
pub fn head_too_large(most: usize) -> Problem {
    let kib = most / 1024;
    Problem::new(
        &kinds::HEAD_TOO_LARGE,
        bilingual!("Phần đầu của yêu cầu lớn hơn {kib} KiB.", "The head of the request is larger than {kib} KiB."),
    )
}

/// What the framework refused with a bare status.
pub fn unreadable(status: u16) -> Problem {
    let mut problem = problem::for_status(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    if problem.is(&kinds::MALFORMED_REQUEST) {
        problem.detail = Bilingual::new(
            "Không đọc được yêu cầu này theo HTTP/1.1: dòng đầu, một header hoặc cách chia nội dung không đúng.",
            "This cannot be read as HTTP/1.1: the first line, a header or the framing of the body is not right.",
        );
    }
    problem
}

/// There are as many connections as there may be.
pub fn no_room() -> Problem {
    let mut problem = Problem::new(
        &kinds::UNAVAILABLE,
        Bilingual::new(
            "Đang có quá nhiều kết nối. Yêu cầu chưa được đọc; hãy thử lại sau thời gian ở Retry-After, và dùng lại kết nối đang mở.",
            "There are too many connections. The request was not read; try again after Retry-After, and use open connections again.",
        ),
    );
    problem.retry_after = Some(2);
    problem
}
