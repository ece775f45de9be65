//! Every problem the service can give: one entry each, in both languages. `/v1/problems` shows this table.

use super::kind::{GivenBy, Kind, entry};

/// Finds an entry; an unknown slug is a mistake of ours and reads as `internal`.
#[must_use]
pub fn kind(slug: &str) -> &'static Kind {
    CATALOGUE.iter().find(|kind| kind.slug == slug).unwrap_or(&INTERNAL)
}

static INTERNAL: Kind = entry(
    "internal",
    500,
    GivenBy::Every,
    ["Lỗi của dịch vụ", "The service failed"],
    [
        "Dịch vụ gặp lỗi không lường trước và không ghi gì. Gửi lại yêu cầu (có Idempotency-Key thì không sợ trùng); nếu còn lỗi, báo cho người vận hành mã ở instance.",
        "The service met an error it did not expect and wrote nothing. Send the request again (with an Idempotency-Key nothing is done twice); if it persists, give the operator the id in instance.",
    ],
);

/// The whole catalogue, by status.
pub static CATALOGUE: &[Kind] = &[
    entry(
        "malformed-request",
        400,
        GivenBy::WithBody,
        ["Yêu cầu không đọc được", "The request cannot be read"],
        [
            "Nội dung không phải JSON (hoặc biểu mẫu) đúng cú pháp, hay không phải UTF-8. detail nói dòng và cột đầu tiên sai. Sửa rồi gửi lại.",
            "The body is not well-formed JSON (or form), or not UTF-8. detail names the first wrong line and column. Mend it and send it again.",
        ],
    ),
    entry(
        "invalid-parameter",
        400,
        GivenBy::Every,
        ["Tham số truy vấn không hợp lệ", "A query parameter is not valid"],
        [
            "Một tham số không có trong tài liệu, bị lặp lại, hoặc có giá trị sai. Không tham số nào bị bỏ qua trong im lặng. errors nêu tên tham số và quy tắc.",
            "A parameter is not in the document, is repeated, or has a wrong value. No parameter is ignored in silence. errors names the parameter and the rule.",
        ],
    ),
    entry(
        "invalid-cursor",
        400,
        GivenBy::Paged,
        ["Con trỏ trang không hợp lệ", "The cursor is not valid"],
        [
            "cursor phải lấy nguyên văn từ next_cursor của trang trước, với cùng bộ lọc. Bắt đầu lại không có cursor.",
            "A cursor must be taken as it is from next_cursor of the page before, with the same filter. Start again without one.",
        ],
    ),
    entry(
        "token-missing",
        401,
        GivenBy::Secured,
        ["Chưa xác thực", "Not authenticated"],
        [
            "Yêu cầu không có Authorization: Bearer. Lấy token ở POST /oauth2/token rồi gửi lại.",
            "The request has no Authorization: Bearer. Get a token from POST /oauth2/token and send it along.",
        ],
    ),
    entry(
        "token-invalid",
        401,
        GivenBy::Secured,
        ["Token không dùng được", "The token is not accepted"],
        [
            "Token hết hạn, bị thu hồi, sai chữ ký, sai nơi nhận, hoặc hệ thống kết nối đã bị tạm dừng. Lấy token mới ở POST /oauth2/token.",
            "The token has expired, was revoked, is not signed by this service, is meant for another, or its client is suspended. Get a new one from POST /oauth2/token.",
        ],
    ),
    entry(
        "scope-missing",
        403,
        GivenBy::Secured,
        ["Thiếu quyền", "A scope is missing"],
        [
            "Hệ thống kết nối không có quyền (scope) mà thao tác này cần; detail nêu tên. Xin người quản trị cấp, rồi lấy token mới.",
            "The client does not have the scope that this operation needs; detail names it. Ask the administrator for it, then get a new token.",
        ],
    ),
    entry(
        "source-not-yours",
        403,
        GivenBy::These(&[
            "create_task",
            "update_task",
            "put_task_by_key",
            "create_document",
            "update_document",
            "put_document_by_key",
        ]),
        ["Bản ghi thuộc hệ thống khác", "Another system owns the record"],
        [
            "Bản ghi có source là của một hệ thống khác; chỉ hệ thống đó được thay đổi nội dung mà nó đã giao. Hãy sửa ở hệ thống gốc.",
            "The record's source is another system; only that system may change what it assigned. Change it there.",
        ],
    ),
    entry(
        "not-found",
        404,
        GivenBy::Naming,
        ["Không tìm thấy", "Not found"],
        [
            "Không có gì ở địa chỉ này, hoặc nó nằm ngoài phần cây tổ chức của hệ thống gọi (hai trường hợp trả lời như nhau để không lộ thông tin).",
            "Nothing is at this address, or it lies outside the caller's part of the tree (both answer alike, so that nothing is revealed).",
        ],
    ),
    entry(
        "method-not-allowed",
        405,
        GivenBy::NoOperation,
        ["Phương thức không dùng được ở đây", "The method is not allowed here"],
        [
            "Địa chỉ có thật nhưng không nhận phương thức này; header Allow liệt kê những phương thức được nhận.",
            "The address exists but does not take this method; the Allow header lists those it takes.",
        ],
    ),
    entry(
        "not-acceptable",
        406,
        GivenBy::Formatted,
        ["Không có định dạng được yêu cầu", "The format asked for is not offered"],
        [
            "Accept chỉ nêu định dạng mà thao tác này không có. Xem tài liệu để biết các định dạng.",
            "Accept names only formats that this operation does not have. The document lists those it has.",
        ],
    ),
    entry(
        "request-timeout",
        408,
        GivenBy::WithBody,
        ["Nội dung đến quá chậm", "The body came too slowly"],
        [
            "Toàn bộ nội dung phải đến trong thời hạn (30 giây, nếu người vận hành không đặt khác). Không có gì được ghi; gửi lại hoặc chia nhỏ.",
            "The whole body must arrive in time (30 seconds, unless the operator set another). Nothing was written; send it again or in smaller parts.",
        ],
    ),
    entry(
        "already-exists",
        409,
        GivenBy::Creating,
        ["Đã có", "It exists already"],
        [
            "Một bản ghi với cùng khóa (mã, hoặc source + source_key) đã có. Đọc bản ghi đó, hoặc dùng PUT by-key.",
            "A record with the same key (code, or source + source_key) exists. Read that one, or use PUT by-key.",
        ],
    ),
    entry(
        "idempotency-in-progress",
        409,
        GivenBy::Repeatable,
        ["Yêu cầu cùng Idempotency-Key đang chạy", "The same Idempotency-Key is still running"],
        [
            "Yêu cầu đầu tiên với khóa này chưa xong. Chờ một giây rồi gửi lại để nhận câu trả lời của nó.",
            "The first request with this key has not ended. Wait a second and send it again to get its answer.",
        ],
    ),
    entry(
        "version-stale",
        412,
        GivenBy::Conditional,
        ["Bản ghi đã thay đổi", "The record has changed"],
        [
            "If-Match không phải phiên bản hiện hành: có người đã sửa sau khi bạn đọc. Đọc lại (GET), so sánh, rồi gửi với ETag mới.",
            "If-Match is not the current version: somebody changed it after you read it. GET it again, compare, and send the new ETag.",
        ],
    ),
    entry(
        "body-too-large",
        413,
        GivenBy::WithBody,
        ["Nội dung quá lớn", "The body is too large"],
        [
            "Nội dung (sau khi giải nén) lớn hơn 10 MiB. Chia thành nhiều lần gửi.",
            "The body (after decompression) is larger than 10 MiB. Send it in several parts.",
        ],
    ),
    entry(
        "unsupported-media-type",
        415,
        GivenBy::WithBody,
        ["Không nhận kiểu nội dung này", "The content type is not taken"],
        [
            "Gửi application/json (hoặc application/x-www-form-urlencoded ở /oauth2).",
            "Send application/json (or application/x-www-form-urlencoded at /oauth2).",
        ],
    ),
    entry(
        "invalid-body",
        422,
        GivenBy::WithJson,
        ["Nội dung không hợp lệ", "The body is not valid"],
        [
            "JSON đúng cú pháp nhưng có trường sai kiểu, sai giá trị, thiếu, hoặc không có trong tài liệu. errors nêu từng chỗ bằng JSON pointer, mã và quy tắc. Không có gì được ghi.",
            "The JSON is well-formed, but a field has a wrong type or value, is missing, or is not in the document. errors names each place by JSON pointer, code and rule. Nothing was written.",
        ],
    ),
    entry(
        "rows-rejected",
        422,
        GivenBy::These(&["create_observations"]),
        ["Có dòng bị từ chối", "Rows were rejected"],
        [
            "Với on_error=abort, một dòng sai làm cả lần gửi không được ghi. errors nêu từng dòng, cột và lý do. Sửa các dòng đó rồi gửi lại tất cả, hoặc dùng on_error=continue để ghi các dòng đúng.",
            "With on_error=abort one wrong row keeps the whole push from being written. errors names each row, column and reason. Mend those rows and send everything again, or use on_error=continue to have the good rows written.",
        ],
    ),
    entry(
        "too-many-rows",
        422,
        GivenBy::These(&["create_observations"]),
        ["Quá nhiều dòng", "Too many rows"],
        [
            "Một lần gửi có nhiều dòng hơn giới hạn mà detail nêu. Không có gì được ghi; chia thành nhiều lần gửi.",
            "One push has more rows than detail allows. Nothing was written; send it in several parts.",
        ],
    ),
    entry(
        "transition-not-allowed",
        422,
        GivenBy::These(&["create_task_transition"]),
        ["Không chuyển được trạng thái này", "The transition is not allowed"],
        [
            "Trạng thái hiện tại, hoặc quyền của hệ thống gọi, không cho phép bước chuyển này. GET cùng địa chỉ để xem các bước chuyển được phép lúc này.",
            "The current state, or the caller's scopes, do not allow this move. GET the same address to see the moves allowed now.",
        ],
    ),
    entry(
        "task-closed",
        422,
        GivenBy::These(&["put_task_by_key", "update_task", "create_progress_update", "create_deadline_change"]),
        ["Nhiệm vụ đã kết thúc", "The task is closed"],
        [
            "Nhiệm vụ đã hoàn thành hoặc đã hủy nên không nhận cập nhật tiến độ hay thay đổi thời hạn. Nếu nhiệm vụ đã hoàn thành cần làm tiếp, bên giao chuyển lại sang in_progress qua POST …/transitions, có lý do.",
            "The task is completed or cancelled, so it takes no progress updates and no new due date. If a completed task must go on, the assigning side moves it back to in_progress by POST …/transitions, with a reason.",
        ],
    ),
    entry(
        "percent-fell",
        422,
        GivenBy::These(&["create_progress_update"]),
        ["Tiến độ giảm mà không có lý do", "The percentage fell without a reason"],
        [
            "percent thấp hơn lần cập nhật trước. Nếu đúng như vậy, gửi kèm reason.",
            "percent is lower than in the update before. If that is right, send a reason.",
        ],
    ),
    entry(
        "due-date-fixed",
        422,
        GivenBy::These(&["update_task", "put_task_by_key"]),
        ["Thời hạn đã được giao", "The due date is fixed"],
        [
            "Thời hạn đã có chỉ được thay đổi qua POST …/deadline-changes, có lý do và người phê duyệt, để thời hạn đầu tiên được giữ lại.",
            "A due date once given moves only through POST …/deadline-changes, with a reason and who approved it, so that the first one is kept.",
        ],
    ),
    entry(
        "secret-document",
        422,
        GivenBy::These(&["create_document", "update_document", "put_document_by_key"]),
        ["Không nhận văn bản mật", "Secret documents are refused"],
        [
            "Văn bản mang dấu mật không được đưa lên hệ thống này. Không có gì được ghi.",
            "A document marked secret must not be put on this system. Nothing was written.",
        ],
    ),
    entry(
        "client-has-keys",
        422,
        GivenBy::These(&["create_client_secret"]),
        ["Hệ thống kết nối dùng khóa riêng", "The client has keys of its own"],
        [
            "Hệ thống kết nối này xác thực bằng khóa của chính nó (private_key_jwt) và không có secret nào để thay. Để thay khóa, PATCH hệ thống đó với jwks mới.",
            "This client proves itself with keys of its own (private_key_jwt) and has no secret to replace. To change its keys, PATCH it with a new jwks.",
        ],
    ),
    entry(
        "idempotency-key-reused",
        422,
        GivenBy::Repeatable,
        ["Idempotency-Key đã dùng cho nội dung khác", "The Idempotency-Key was used for another body"],
        [
            "Khóa này đã đi với một yêu cầu khác trong 7 ngày qua. Mỗi yêu cầu mới cần một khóa mới; gửi lại cùng yêu cầu thì giữ nguyên nội dung.",
            "This key went with another request within the last 7 days. Each new request needs a new key; a repeated one must keep its body.",
        ],
    ),
    entry(
        "if-match-required",
        428,
        GivenBy::OnlyConditional(&["replace_indicator_targets"]),
        ["Thiếu If-Match", "If-Match is required"],
        [
            "Thay đổi một bản ghi cần If-Match với ETag đã đọc, để không ai ghi đè lên thay đổi của người khác. GET bản ghi, lấy ETag, gửi lại.",
            "To change a record, send If-Match with the ETag you read, so that nobody overwrites another's change. GET it, take its ETag, send again.",
        ],
    ),
    entry(
        "rate-limited",
        429,
        GivenBy::Secured,
        ["Quá nhiều yêu cầu", "Too many requests"],
        [
            "Hệ thống kết nối đã dùng hết hạn mức. Chờ số giây ở Retry-After rồi gửi tiếp.",
            "The client has used up its quota. Wait the seconds in Retry-After, then go on.",
        ],
    ),
    entry(
        "internal",
        500,
        GivenBy::Every,
        ["Lỗi của dịch vụ", "The service failed"],
        [
            "Dịch vụ gặp lỗi không lường trước và không ghi gì. Gửi lại yêu cầu (có Idempotency-Key thì không sợ trùng); nếu còn lỗi, báo cho người vận hành mã ở instance.",
            "The service met an error it did not expect and wrote nothing. Send the request again (with an Idempotency-Key nothing is done twice); if it persists, give the operator the id in instance.",
        ],
    ),
    entry(
        "unavailable",
        503,
        GivenBy::Every,
        ["Tạm thời không phục vụ được", "Not available for the moment"],
        [
            "Cơ sở dữ liệu đang bận hoặc đang kết nối lại. Không có gì được ghi; thử lại sau số giây ở Retry-After.",
            "The database is busy or reconnecting. Nothing was written; try again after the seconds in Retry-After.",
        ],
    ),
];
