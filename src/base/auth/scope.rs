//! Scopes, and the three profiles that come ready.

use std::collections::BTreeSet;

use crate::base::db::types::string_enum;

string_enum! {
    /// What a client may do (quyền).
    ScopeName {
        /// Read the administrative tree (đọc cơ quan).
        OrganizationsRead = "organizations:read",
        /// Keep the administrative tree (quản lý cơ quan).
        OrganizationsWrite = "organizations:write",
        /// Read documents and their relations (đọc văn bản).
        DocumentsRead = "documents:read",
        /// Keep documents and their relations (quản lý văn bản).
        DocumentsWrite = "documents:write",
        /// Read tasks, their progress, history and inspections (đọc nhiệm vụ).
        TasksRead = "tasks:read",
        /// Create, change, confirm and cancel tasks (giao nhiệm vụ).
        TasksAssign = "tasks:assign",
        /// Accept tasks and report progress (báo cáo tiến độ).
        TasksProgress = "tasks:progress",
        /// Read indicators, targets and calendars (đọc chỉ tiêu).
        IndicatorsRead = "indicators:read",
        /// Keep indicators and targets (quản lý chỉ tiêu).
        IndicatorsWrite = "indicators:write",
        /// Read figures and assessments (đọc số liệu).
        ObservationsRead = "observations:read",
        /// Push figures (gửi số liệu).
        ObservationsWrite = "observations:write",
        /// Pull progress and reports (lấy báo cáo).
        ReportsRead = "reports:read",
        /// Draft and submit reports (lập báo cáo).
        ReportsWrite = "reports:write",
        /// Return and issue reports (duyệt báo cáo).
        ReportsApprove = "reports:approve",
        /// Read the change feed (đọc biến động).
        ChangesRead = "changes:read",
        /// Keep webhook subscriptions (đăng ký webhook).
        WebhooksWrite = "webhooks:write",
        /// Read the audit log (đọc nhật ký truy cập).
        AuditRead = "audit:read",
        /// Keep clients, calendars and regimes (quản trị).
        Admin = "admin",
    }
}

impl ScopeName {
    /// What the scope lets a client do, for the document.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::OrganizationsRead => "read the administrative tree",
            Self::OrganizationsWrite => "keep the administrative tree",
            Self::DocumentsRead => "read documents and their relations",
            Self::DocumentsWrite => "keep documents and their relations",
            Self::TasksRead => "read tasks, their progress, history and inspections",
            Self::TasksAssign => "create, change, confirm and cancel tasks",
            Self::TasksProgress => "accept tasks and report progress",
            Self::IndicatorsRead => "read indicators, targets and calendars",
            Self::IndicatorsWrite => "keep indicators and targets",
            Self::ObservationsRead => "read figures and assessments",
            Self::ObservationsWrite => "push figures",
            Self::ReportsRead => "pull progress and reports",
            Self::ReportsWrite => "draft and submit reports",
            Self::ReportsApprove => "return and issue reports",
            Self::ChangesRead => "read the change feed",
            Self::WebhooksWrite => "keep webhook subscriptions",
            Self::AuditRead => "read the audit log",
            Self::Admin => "keep clients, calendars and regimes",
        }
    }
}

/// A set of scopes; `scope` of a token, and a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<ScopeName>);

impl Scopes {
    /// Whether any of the scopes is in the set.
    #[must_use]
    pub fn has_any(&self, scopes: &[ScopeName]) -> bool {
        scopes.iter().any(|scope| self.0.contains(scope))
    }

    /// What both sets hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// What the other set lacks of this one.
    #[must_use]
    pub fn missing_in(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).copied().collect())
    }

    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = ScopeName> + '_ {
        self.0.iter().copied()
    }

    /// Whether nothing is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<ScopeName> for Scopes {
    fn from_iter<I: IntoIterator<Item = ScopeName>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl std::str::FromStr for Scopes {
    type Err = crate::base::i18n::Bilingual;

    /// Words separated by spaces (RFC 6749, 3.3).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_ascii_whitespace().map(str::parse).collect::<Result<BTreeSet<_>, _>>().map(Self)
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "))
    }
}

use ScopeName as S;

const READS: [S; 6] =
    [S::OrganizationsRead, S::DocumentsRead, S::TasksRead, S::IndicatorsRead, S::ObservationsRead, S::ReportsRead];

/// The profiles that come ready: name and what it allows besides all reads.
pub const PROFILES: &[(&str, &[ScopeName])] = &[
    ("document-platform", &[S::TasksAssign, S::DocumentsWrite, S::ChangesRead]),
    ("executing-agency", &[S::TasksProgress, S::ObservationsWrite, S::ReportsWrite, S::ChangesRead]),
    ("science-department", &[S::ReportsApprove, S::ChangesRead]),
    ("administrator", ScopeName::ALL),
];

impl Scopes {
    /// The scopes of a profile, or the words themselves.
    ///
    /// # Errors
    /// When the text is neither a profile nor scopes.
    pub fn of_profile(text: &str) -> Result<Self, crate::base::i18n::Bilingual> {
        match PROFILES.iter().find(|(name, _)| *name == text) {
            Some((_, scopes)) => Ok(scopes.iter().chain(&READS).copied().collect()),
            None => text.replace(',', " ").parse(),
        }
    }
}
