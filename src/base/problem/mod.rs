//! RFC 9457 problems: what went wrong, where, and the way out, in Vietnamese and English.

pub mod codes;
mod kind;
pub mod kinds;
mod place;
mod render;
mod violations;
mod wire;

use std::borrow::Cow;

pub use codes::Code;
pub use kind::{GivenBy, ProblemKind};
pub(crate) use place::push_step;
pub use place::{Place, Step};
pub use render::{for_status, render};
pub use violations::{Nested, Violation, Violations};
pub use wire::{ProblemBody, ProblemError};

use crate::base::{
    db::{self, ConnectionLost, QueryError, Reason},
    i18n::{Bilingual, bilingual},
};

/// A refusal or a failure, on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    /// What is constant about it.
    pub kind: &'static ProblemKind,
    /// What happened this time.
    pub detail: Bilingual,
    /// Each place that is wrong.
    pub errors: Vec<Violation>,
    /// The current version, when the caller's was stale.
    pub version: Option<i32>,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
    /// The scope that was missing, or an empty text when the token itself was refused.
    pub challenge: Option<Cow<'static, str>>,
    /// What only the log may say.
    pub cause: Option<String>,
    /// Nothing but the way to the database failed: what only reads may run again.
    pub is_lost: bool,
}

impl Problem {
    /// A kind with what happened this time.
    #[must_use]
    pub const fn new(kind: &'static ProblemKind, detail: Bilingual) -> Self {
        Self {
            kind,
            detail,
            errors: Vec::new(),
            version: None,
            retry_after: None,
            challenge: None,
            cause: None,
            is_lost: false,
        }
    }

    /// Whether it is of this kind; the address of the kind decides.
    #[must_use]
    pub fn is(&self, kind: &'static ProblemKind) -> bool {
        std::ptr::eq(self.kind, kind)
    }

    /// 404: there is no such thing in the caller's part of the tree.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let noun = vietnamese(what);
        Self::new(
            &kinds::NOT_FOUND,
            bilingual!(
                "Không tìm thấy {noun} này trong phạm vi của hệ thống gọi; hãy kiểm tra lại mã hoặc id.",
                "There is no such {what} in the caller's part of the tree; check its code or id."
            ),
        )
    }

    /// 422: one field of the body breaks a rule, and nothing else was looked at; checks that go on take [`Violations`].
    #[must_use]
    pub fn field(name: &'static str, code: Code, rule: Bilingual) -> Self {
        let mut violations = Violations::in_body();
        violations.add(name, code, rule);
        violations.into()
    }

    /// 400: one query parameter breaks a rule.
    #[must_use]
    pub fn parameter(name: impl Into<Step>, code: Code, rule: Bilingual) -> Self {
        let mut violations = Violations::in_query();
        violations.add(name, code, rule);
        violations.into()
    }

    /// 412: the resource has moved on since the caller read it.
    #[must_use]
    pub fn stale(current: i32) -> Self {
        let mut problem = Self::new(
            &kinds::VERSION_STALE,
            bilingual!(
                "Bản hiện hành là {current}; hãy đọc lại rồi gửi If-Match với ETag mới.",
                "The current version is {current}; read it again and send If-Match with the new ETag."
            ),
        );
        problem.version = Some(current);
        problem
    }

    /// 500: nobody's fault but ours; `cause` goes to the log only.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(
            &kinds::INTERNAL,
            Bilingual::new(
                "Lỗi của dịch vụ; không có gì được ghi. Hãy thử lại, và báo mã instance nếu còn lỗi.",
                "The service failed; nothing was written. Try again, and report the instance if it persists.",
            ),
        );
        problem.cause = Some(cause.to_string());
        problem
    }

    /// 503: it may be tried again; `cause` goes to the log only.
    #[must_use]
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(
            &kinds::UNAVAILABLE,
            Bilingual::new(
                "Cơ sở dữ liệu đang bận; không có gì được ghi. Hãy thử lại sau thời gian ở Retry-After.",
                "The database is busy; nothing was written. Try again after Retry-After.",
            ),
        );
        problem.retry_after = Some(1);
        problem.cause = Some(cause.to_string());
        problem
    }
}

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        let is_lost = error.is_connection_lost();
        let problem = match error {
            db::Error::Query(error) => error.into(),
            db::Error::Busy(_) => Self::unavailable(error),
            db::Error::Unsure(_) => Self { detail: unsure(), ..Self::unavailable(error) },
            db::Error::Waited => Self::internal(error),
        };
        Self { is_lost, ..problem }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match db::reason(&error) {
            Reason::Passing => {
                let error = db::Error::Query(error);
                Self { is_lost: error.is_connection_lost(), ..Self::unavailable(error) }
            }
            Reason::Duplicate => Self {
                cause: Some(error.to_string()),
                ..Self::new(
                    &kinds::ALREADY_EXISTS,
                    Bilingual::new(
                        "Đã có bản ghi với khóa này; hãy đọc bản đó, hoặc gửi lại yêu cầu này.",
                        "A record with this key exists already; read that one, or send this request again.",
                    ),
                )
            },
            Reason::Fault => Self::internal(error),
        }
    }
}

fn unsure() -> Bilingual {
    Bilingual::new(
        "Mất kết nối cơ sở dữ liệu đúng lúc ghi: có thể đã ghi, có thể chưa. Hãy đọc lại, hoặc gửi lại cùng yêu cầu (với cùng Idempotency-Key nếu là POST).",
        "The connection to the database was lost as the write ended: it may have been written or not. Read it, or send the same request again (a POST with the same Idempotency-Key).",
    )
}

impl ConnectionLost for Problem {
    fn is_connection_lost(&self) -> bool {
        self.is_lost
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.slug, self.detail.en)
    }
}

impl std::error::Error for Problem {}

/// The Vietnamese of a noun of the contract.
fn vietnamese(noun: &str) -> &str {
    match noun {
        "organization" => "cơ quan, đơn vị",
        "document" => "văn bản",
        "task" => "nhiệm vụ",
        "inspection" => "cuộc kiểm tra",
        "indicator" => "chỉ tiêu",
        "observation" => "số liệu",
        "calendar" => "lịch báo cáo",
        "client" => "hệ thống kết nối",
        "resource" => "tài nguyên",
        other => other,
    }
}

/// Turns "no such row" into a 404 that names what was sought.
pub trait OrNotFound<T> {
    /// The value, or 404.
    ///
    /// # Errors
    /// `not-found` when there is none.
    fn or_404(self, what: &str) -> Result<T, Problem>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_404(self, what: &str) -> Result<T, Problem> {
        self.ok_or_else(|| Problem::not_found(what))
    }
}
