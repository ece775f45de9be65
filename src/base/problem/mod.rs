//! RFC 9457 problems: what went wrong, where, and the way out, in Vietnamese and English.

mod catalogue;
mod kind;
mod render;
mod wire;

use std::borrow::Cow;

use serde::Serialize;

pub use catalogue::{CATALOGUE, kind};
pub use kind::{GivenBy, Kind};
pub use render::{for_status, render};
pub use wire::{ProblemBody, ProblemError};

use crate::base::{
    db::{self, ConnectionLost, QueryError, Reason},
    i18n::{Bilingual, bilingual},
};

/// A refusal or a failure, on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    /// Its entry in the catalogue.
    pub kind: &'static Kind,
    /// What happened this time.
    pub detail: Bilingual,
    /// Each place that is wrong.
    pub errors: Vec<Fault>,
    /// The current version, when the caller's was stale.
    pub version: Option<i32>,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
    /// The scope that was missing, or an empty text when the token itself was refused.
    pub challenge: Option<Cow<'static, str>>,
    /// What only the log may say.
    pub cause: Option<String>,
}

/// One place in what was sent, and the rule it broke.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// A stable word for programs.
    pub code: &'static str,
    /// The rule and the way out.
    pub detail: Bilingual,
}

/// Where in a request a fault is.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// JSON pointer as a URI fragment, like `#/due_on`.
    Pointer(String),
    /// Name of a query parameter.
    Parameter(String),
    /// Name of a header.
    Header(String),
}

impl Place {
    /// The pointer, when it is one.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Pointer(pointer) => Some(pointer),
            Self::Parameter(_) | Self::Header(_) => None,
        }
    }
}

impl Problem {
    /// An entry of the catalogue with what happened this time.
    #[must_use]
    pub fn new(slug: &'static str, detail: Bilingual) -> Self {
        Self {
            kind: kind(slug),
            detail,
            errors: Vec::new(),
            version: None,
            retry_after: None,
            challenge: None,
            cause: None,
        }
    }

    /// 404: there is no such thing in the caller's part of the tree.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let noun = vietnamese(what);
        Self::new(
            "not-found",
            bilingual!(
                "Không tìm thấy {noun} này trong phạm vi của hệ thống gọi; hãy kiểm tra lại mã hoặc id.",
                "There is no such {what} in the caller's part of the tree; check its code or id."
            ),
        )
    }

    /// 422: one field of the body breaks a rule.
    #[must_use]
    pub fn field(pointer: &str, code: &'static str, rule: Bilingual) -> Self {
        let place = Place::Pointer(format!("#/{pointer}"));
        Self::body(vec![Fault { place, code, detail: rule }])
    }

    /// 422: some fields of the body break rules.
    #[must_use]
    pub fn body(errors: Vec<Fault>) -> Self {
        let mut problem = Self::new(
            "invalid-body",
            Bilingual::new(
                "Nội dung gửi có trường không hợp lệ; xem errors.",
                "The body has fields that are not valid; see errors.",
            ),
        );
        problem.errors = errors;
        problem
    }

    /// 400: one query parameter breaks a rule.
    #[must_use]
    pub fn parameter(name: &str, code: &'static str, rule: Bilingual) -> Self {
        Self::query(vec![Fault { place: Place::Parameter(name.to_owned()), code, detail: rule }])
    }

    /// 400: some query parameters break rules.
    #[must_use]
    pub fn query(errors: Vec<Fault>) -> Self {
        let mut problem = Self::new(
            "invalid-parameter",
            Bilingual::new("Tham số truy vấn không hợp lệ; xem errors.", "A query parameter is not valid; see errors."),
        );
        problem.errors = errors;
        problem
    }

    /// 412: the resource has moved on since the caller read it.
    #[must_use]
    pub fn stale(current: i32) -> Self {
        let mut problem = Self::new(
            "version-stale",
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
            "internal",
            Bilingual::new(
                "Lỗi của dịch vụ; không có gì được ghi. Hãy thử lại, và báo mã instance nếu còn lỗi.",
                "The service failed; nothing was written. Try again, and report the instance if it persists.",
            ),
        );
        problem.cause = Some(cause.to_string());
        problem
    }
}

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Query(error) => error.into(),
            db::Error::Busy(what) => busy(what.to_owned()),
            db::Error::Waited => Self::internal(error),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match db::reason(&error) {
            Reason::Passing => busy(error.to_string()),
            Reason::Duplicate => Self {
                cause: Some(error.to_string()),
                ..Self::new(
                    "already-exists",
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

fn busy(cause: String) -> Problem {
    let mut problem = Problem::new(
        "unavailable",
        Bilingual::new(
            "Cơ sở dữ liệu đang bận; không có gì được ghi. Hãy thử lại sau thời gian ở Retry-After.",
            "The database is busy; nothing was written. Try again after Retry-After.",
        ),
    );
    problem.retry_after = Some(1);
    problem.cause = Some(cause);
    problem
}

impl ConnectionLost for Problem {
    fn is_connection_lost(&self) -> bool {
        self.kind.slug == "unavailable" && self.cause.is_some()
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
