//! What can be wrong with a client.

use crate::base::{
    i18n::Bilingual,
    problem::{Code, GivenBy, ProblemKind},
};

/// A client that authenticates by `private_key_jwt` has no secret to rotate.
pub static CLIENT_HAS_KEYS: ProblemKind = ProblemKind {
    slug: "client-has-keys",
    status: 422,
    given_by: GivenBy::These(&["create_client_secret"]),
    title: Bilingual::new("Hệ thống kết nối dùng khóa riêng", "The client has keys of its own"),
    help: Bilingual::new(
        "Hệ thống kết nối này xác thực bằng khóa của chính nó (private_key_jwt) và không có secret nào để thay. Để thay khóa, PATCH hệ thống đó với jwks mới.",
        "This client proves itself with keys of its own (private_key_jwt) and has no secret to replace. To change its keys, PATCH it with a new jwks.",
    ),
};

/// Nobody grants a scope that they do not have.
pub const SCOPE_NOT_HELD: Code = Code::new("scope-not-held");
