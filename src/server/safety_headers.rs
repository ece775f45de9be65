//! What every answer tells a browser that it must not do with it.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// For data: a browser that shows it loads nothing more, and no other page frames it.
const OF_DATA: &str = "default-src 'none'; frame-ancestors 'none'";
/// For the page of the documentation, which brings its scripts and styles from the binary. Its icons are written into
/// its style sheet. The one style that stands in the page, that of a logo, is named by its digest.
const OF_DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Two years, as lists of such services ask.
const ALWAYS_TLS: &str = "max-age=63072000";

const DOCUMENTATION: &str = "/docs";

/// The headers.
#[derive(Debug, Clone, Copy)]
pub struct SafetyHeaders {
    is_https: bool,
}

impl SafetyHeaders {
    /// Those of a service that callers reach by HTTPS alone, or not.
    #[must_use]
    pub fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    /// Adds them to an answer of that path.
    pub fn add(self, headers: &mut HeaderMap, path: &str) {
        let policy = if path.starts_with(DOCUMENTATION) { OF_DOCUMENTATION } else { OF_DATA };
        let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(CONTENT_SECURITY_POLICY, policy);
        set(REFERRER_POLICY, "no-referrer");
        set(X_FRAME_OPTIONS, "DENY");
        if self.is_https {
            set(STRICT_TRANSPORT_SECURITY, ALWAYS_TLS);
        }
    }
}
