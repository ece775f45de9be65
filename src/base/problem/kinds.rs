//! The kinds of problems that no slice owns; a slice declares its own in its `problems.rs`.

use super::{GivenBy, ProblemKind};
use crate::base::i18n::Bilingual;

/// What came cannot be parsed at all, so no place in it can be named.
pub static MALFORMED_REQUEST: ProblemKind = ProblemKind {
    slug: "malformed-request",
    status: 400,
    given_by: GivenBy::WithBody,
    title: Bilingual::new("Yêu cầu không đọc được", "The request cannot be read"),
    help: Bilingual::new(
        "Nội dung không phải JSON (hoặc biểu mẫu) đúng cú pháp, hay không phải UTF-8. detail nói dòng và cột đầu tiên sai. Sửa rồi gửi lại.",
        "The body is not well-formed JSON (or form), or not UTF-8. detail names the first wrong line and column. Mend it and send it again.",
    ),
};

/// `errors` names each query parameter that breaks a rule.
pub static INVALID_PARAMETER: ProblemKind = ProblemKind {
    slug: "invalid-parameter",
    status: 400,
    given_by: GivenBy::Every,
    title: Bilingual::new("Tham số truy vấn không hợp lệ", "A query parameter is not valid"),
    help: Bilingual::new(
        "Một tham số không có trong tài liệu, bị lặp lại, hoặc có giá trị sai. Không tham số nào bị bỏ qua trong im lặng. errors nêu tên tham số và quy tắc.",
        "A parameter is not in the document, is repeated, or has a wrong value. No parameter is ignored in silence. errors names the parameter and the rule.",
    ),
};

/// The cursor is not one of ours, or belongs to another filter.
pub static INVALID_CURSOR: ProblemKind = ProblemKind {
    slug: "invalid-cursor",
    status: 400,
    given_by: GivenBy::Paged,
    title: Bilingual::new("Con trỏ trang không hợp lệ", "The cursor is not valid"),
    help: Bilingual::new(
        "cursor phải lấy nguyên văn từ next_cursor của trang trước, với cùng bộ lọc. Bắt đầu lại không có cursor.",
        "A cursor must be taken as it is from next_cursor of the page before, with the same filter. Start again without one.",
    ),
};

/// No bearer token came.
pub static TOKEN_MISSING: ProblemKind = ProblemKind {
    slug: "token-missing",
    status: 401,
    given_by: GivenBy::Secured,
    title: Bilingual::new("Chưa xác thực", "Not authenticated"),
    help: Bilingual::new(
        "Yêu cầu không có Authorization: Bearer. Lấy token ở POST /oauth2/token rồi gửi lại.",
        "The request has no Authorization: Bearer. Get a token from POST /oauth2/token and send it along.",
    ),
};

/// The token is expired, revoked, forged or meant for another service.
pub static TOKEN_INVALID: ProblemKind = ProblemKind {
    slug: "token-invalid",
    status: 401,
    given_by: GivenBy::Secured,
    title: Bilingual::new("Token không dùng được", "The token is not accepted"),
    help: Bilingual::new(
        "Token hết hạn, bị thu hồi, sai chữ ký, sai nơi nhận, hoặc hệ thống kết nối đã bị tạm dừng. Lấy token mới ở POST /oauth2/token.",
        "The token has expired, was revoked, is not signed by this service, is meant for another, or its client is suspended. Get a new one from POST /oauth2/token.",
    ),
};

/// The token is good, but does not reach this operation.
pub static SCOPE_MISSING: ProblemKind = ProblemKind {
    slug: "scope-missing",
    status: 403,
    given_by: GivenBy::Secured,
    title: Bilingual::new("Thiếu quyền", "A scope is missing"),
    help: Bilingual::new(
        "Hệ thống kết nối không có quyền (scope) mà thao tác này cần; detail nêu tên. Xin người quản trị cấp, rồi lấy token mới.",
        "The client does not have the scope that this operation needs; detail names it. Ask the administrator for it, then get a new token.",
    ),
};

/// Only the source system that assigned a record changes it.
pub static SOURCE_NOT_YOURS: ProblemKind = ProblemKind {
    slug: "source-not-yours",
    status: 403,
    given_by: GivenBy::These(&[
        "create_task",
        "update_task",
        "put_task_by_key",
        "create_document",
        "update_document",
        "put_document_by_key",
    ]),
    title: Bilingual::new("Bản ghi thuộc hệ thống khác", "Another system owns the record"),
    help: Bilingual::new(
        "Bản ghi có source là của một hệ thống khác; chỉ hệ thống đó được thay đổi nội dung mà nó đã giao. Hãy sửa ở hệ thống gốc.",
        "The record's source is another system; only that system may change what it assigned. Change it there.",
    ),
};

/// Also for what exists outside the caller's part of the tree, so that nothing is revealed.
pub static NOT_FOUND: ProblemKind = ProblemKind {
    slug: "not-found",
    status: 404,
    given_by: GivenBy::Naming,
    title: Bilingual::new("Không tìm thấy", "Not found"),
    help: Bilingual::new(
        "Không có gì ở địa chỉ này, hoặc nó nằm ngoài phần cây tổ chức của hệ thống gọi (hai trường hợp trả lời như nhau để không lộ thông tin).",
        "Nothing is at this address, or it lies outside the caller's part of the tree (both answer alike, so that nothing is revealed).",
    ),
};

/// The address exists, the method does not.
pub static METHOD_NOT_ALLOWED: ProblemKind = ProblemKind {
    slug: "method-not-allowed",
    status: 405,
    given_by: GivenBy::NoOperation,
    title: Bilingual::new("Phương thức không dùng được ở đây", "The method is not allowed here"),
    help: Bilingual::new(
        "Địa chỉ có thật nhưng không nhận phương thức này; header Allow liệt kê những phương thức được nhận.",
        "The address exists but does not take this method; the Allow header lists those it takes.",
    ),
};

/// None of the media types in `Accept` is offered.
pub static NOT_ACCEPTABLE: ProblemKind = ProblemKind {
    slug: "not-acceptable",
    status: 406,
    given_by: GivenBy::Formatted,
    title: Bilingual::new("Không có định dạng được yêu cầu", "The format asked for is not offered"),
    help: Bilingual::new(
        "Accept chỉ nêu định dạng mà thao tác này không có. Xem tài liệu để biết các định dạng.",
        "Accept names only formats that this operation does not have. The document lists those it has.",
    ),
};

/// The body was not complete within the time that the settings give it.
pub static REQUEST_TIMEOUT: ProblemKind = ProblemKind {
    slug: "request-timeout",
    status: 408,
    given_by: GivenBy::WithBody,
    title: Bilingual::new("Yêu cầu đến quá chậm", "The request came too slowly"),
    help: Bilingual::new(
        "Phần đầu và toàn bộ nội dung phải đến trong thời hạn (10 và 30 giây, nếu người vận hành không đặt khác). Không có gì được ghi; gửi lại hoặc chia nhỏ.",
        "The head, and the whole body, must arrive in time (10 and 30 seconds, unless the operator set others). Nothing was written; send it again or in smaller parts.",
    ),
};

/// The unique key of what is to be created is taken.
pub static ALREADY_EXISTS: ProblemKind = ProblemKind {
    slug: "already-exists",
    status: 409,
    given_by: GivenBy::Creating,
    title: Bilingual::new("Đã có", "It exists already"),
    help: Bilingual::new(
        "Một bản ghi với cùng khóa (mã, hoặc source + source_key) đã có. Đọc bản ghi đó, hoặc dùng PUT by-key.",
        "A record with the same key (code, or source + source_key) exists. Read that one, or use PUT by-key.",
    ),
};

/// The first request with this key still holds it.
pub static IDEMPOTENCY_IN_PROGRESS: ProblemKind = ProblemKind {
    slug: "idempotency-in-progress",
    status: 409,
    given_by: GivenBy::Repeatable,
    title: Bilingual::new("Yêu cầu cùng Idempotency-Key đang chạy", "The same Idempotency-Key is still running"),
    help: Bilingual::new(
        "Yêu cầu đầu tiên với khóa này chưa xong. Chờ một giây rồi gửi lại để nhận câu trả lời của nó.",
        "The first request with this key has not ended. Wait a second and send it again to get its answer.",
    ),
};

/// `If-Match` names another version than the current one.
pub static VERSION_STALE: ProblemKind = ProblemKind {
    slug: "version-stale",
    status: 412,
    given_by: GivenBy::Conditional,
    title: Bilingual::new("Bản ghi đã thay đổi", "The record has changed"),
    help: Bilingual::new(
        "If-Match không phải phiên bản hiện hành: có người đã sửa sau khi bạn đọc. Đọc lại (GET), so sánh, rồi gửi với ETag mới.",
        "If-Match is not the current version: somebody changed it after you read it. GET it again, compare, and send the new ETag.",
    ),
};

/// The body exceeds the limit of the server.
pub static BODY_TOO_LARGE: ProblemKind = ProblemKind {
    slug: "body-too-large",
    status: 413,
    given_by: GivenBy::WithBody,
    title: Bilingual::new("Nội dung quá lớn", "The body is too large"),
    help: Bilingual::new(
        "Nội dung (sau khi giải nén) lớn hơn 10 MiB. Chia thành nhiều lần gửi.",
        "The body (after decompression) is larger than 10 MiB. Send it in several parts.",
    ),
};

/// The operation does not take this `Content-Type`.
pub static UNSUPPORTED_MEDIA_TYPE: ProblemKind = ProblemKind {
    slug: "unsupported-media-type",
    status: 415,
    given_by: GivenBy::WithBody,
    title: Bilingual::new("Không nhận kiểu nội dung này", "The content type is not taken"),
    help: Bilingual::new(
        "Gửi application/json (hoặc application/x-www-form-urlencoded ở /oauth2).",
        "Send application/json (or application/x-www-form-urlencoded at /oauth2).",
    ),
};

/// The body is compressed in a way that this operation does not take.
pub static UNSUPPORTED_CONTENT_ENCODING: ProblemKind = ProblemKind {
    slug: "unsupported-content-encoding",
    status: 415,
    given_by: GivenBy::WithJson,
    title: Bilingual::new("Không nhận kiểu nén này", "The content encoding is not taken"),
    help: Bilingual::new(
        "Nén bằng gzip hoặc deflate, một lớp, hoặc không nén. Header Accept-Encoding của câu trả lời nêu những kiểu được nhận.",
        "Compress with gzip or deflate, once, or not at all. The Accept-Encoding header of the answer lists what is taken.",
    ),
};

/// Well-formed, but `errors` names each place that breaks a rule.
pub static INVALID_BODY: ProblemKind = ProblemKind {
    slug: "invalid-body",
    status: 422,
    given_by: GivenBy::WithJson,
    title: Bilingual::new("Nội dung không hợp lệ", "The body is not valid"),
    help: Bilingual::new(
        "JSON đúng cú pháp nhưng có trường sai kiểu, sai giá trị, thiếu, hoặc không có trong tài liệu. errors nêu từng chỗ bằng JSON pointer, mã và quy tắc. Không có gì được ghi.",
        "The JSON is well-formed, but a field has a wrong type or value, is missing, or is not in the document. errors names each place by JSON pointer, code and rule. Nothing was written.",
    ),
};

/// The key was used with another body.
pub static IDEMPOTENCY_KEY_REUSED: ProblemKind = ProblemKind {
    slug: "idempotency-key-reused",
    status: 422,
    given_by: GivenBy::Repeatable,
    title: Bilingual::new("Idempotency-Key đã dùng cho nội dung khác", "The Idempotency-Key was used for another body"),
    help: Bilingual::new(
        "Khóa này đã đi với một yêu cầu khác trong 7 ngày qua. Mỗi yêu cầu mới cần một khóa mới; gửi lại cùng yêu cầu thì giữ nguyên nội dung.",
        "This key went with another request within the last 7 days. Each new request needs a new key; a repeated one must keep its body.",
    ),
};

/// A record is overwritten only by who has read its current version.
pub static IF_MATCH_REQUIRED: ProblemKind = ProblemKind {
    slug: "if-match-required",
    status: 428,
    given_by: GivenBy::OnlyConditional(&["replace_indicator_targets"]),
    title: Bilingual::new("Thiếu If-Match", "If-Match is required"),
    help: Bilingual::new(
        "Thay đổi một bản ghi cần If-Match với ETag đã đọc, để không ai ghi đè lên thay đổi của người khác. GET bản ghi, lấy ETag, gửi lại.",
        "To change a record, send If-Match with the ETag you read, so that nobody overwrites another's change. GET it, take its ETag, send again.",
    ),
};

/// The client's quota is used up; `Retry-After` says for how long.
pub static RATE_LIMITED: ProblemKind = ProblemKind {
    slug: "rate-limited",
    status: 429,
    given_by: GivenBy::Secured,
    title: Bilingual::new("Quá nhiều yêu cầu", "Too many requests"),
    help: Bilingual::new(
        "Hệ thống kết nối đã dùng hết hạn mức. Chờ số giây ở Retry-After rồi gửi tiếp.",
        "The client has used up its quota. Wait the seconds in Retry-After, then go on.",
    ),
};

/// The first line and the headers are larger than any that are read.
pub static HEAD_TOO_LARGE: ProblemKind = ProblemKind {
    slug: "head-too-large",
    status: 431,
    given_by: GivenBy::NoOperation,
    title: Bilingual::new("Phần đầu của yêu cầu quá lớn", "The head of the request is too large"),
    help: Bilingual::new(
        "Dòng đầu và các header cùng nhau lớn hơn 32 KiB, nên yêu cầu không được đọc và kết nối bị đóng. Bỏ bớt header (thường là cookie) rồi gửi lại. Câu trả lời luôn bằng tiếng Việt, vì Accept-Language cũng chưa được đọc.",
        "The first line and the headers are larger than 32 KiB together, so the request was not read, and the connection is closed. Leave headers away (mostly cookies) and send it again. The answer is in Vietnamese always, since Accept-Language was not read either.",
    ),
};

/// Our fault; its cause goes to the log only.
pub static INTERNAL: ProblemKind = ProblemKind {
    slug: "internal",
    status: 500,
    given_by: GivenBy::Every,
    title: Bilingual::new("Lỗi của dịch vụ", "The service failed"),
    help: Bilingual::new(
        "Dịch vụ gặp lỗi không lường trước và không ghi gì. Gửi lại yêu cầu (có Idempotency-Key thì không sợ trùng); nếu còn lỗi, báo cho người vận hành mã ở instance.",
        "The service met an error it did not expect and wrote nothing. Send the request again (with an Idempotency-Key nothing is done twice); if it persists, give the operator the id in instance.",
    ),
};

/// The database is busy or reconnecting; safe to send again.
pub static UNAVAILABLE: ProblemKind = ProblemKind {
    slug: "unavailable",
    status: 503,
    given_by: GivenBy::Every,
    title: Bilingual::new("Tạm thời không phục vụ được", "Not available for the moment"),
    help: Bilingual::new(
        "Dịch vụ hoặc cơ sở dữ liệu đang bận, đầy hoặc đang kết nối lại; detail nói rõ hơn. Không có gì được ghi, trừ khi detail nói khác; thử lại sau số giây ở Retry-After.",
        "The service or the database is busy, full or reconnecting; detail says more. Nothing was written, unless detail says otherwise; try again after the seconds in Retry-After.",
    ),
};
