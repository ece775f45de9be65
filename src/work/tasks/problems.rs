//! What can be wrong with a task and with what is said of it.

use crate::base::{
    i18n::Bilingual,
    problem::{Code, GivenBy, ProblemKind},
};

/// The state machine, or the caller's scopes, do not allow this move.
pub static TRANSITION_NOT_ALLOWED: ProblemKind = ProblemKind {
    slug: "transition-not-allowed",
    status: 422,
    given_by: GivenBy::These(&["create_task_transition"]),
    title: Bilingual::new("Không chuyển được trạng thái này", "The transition is not allowed"),
    help: Bilingual::new(
        "Trạng thái hiện tại, hoặc quyền của hệ thống gọi, không cho phép bước chuyển này. GET cùng địa chỉ để xem các bước chuyển được phép lúc này.",
        "The current state, or the caller's scopes, do not allow this move. GET the same address to see the moves allowed now.",
    ),
};

/// Completed and cancelled tasks take no updates.
pub static TASK_CLOSED: ProblemKind = ProblemKind {
    slug: "task-closed",
    status: 422,
    given_by: GivenBy::These(&["put_task_by_key", "update_task", "create_progress_update", "create_deadline_change"]),
    title: Bilingual::new("Nhiệm vụ đã kết thúc", "The task is closed"),
    help: Bilingual::new(
        "Nhiệm vụ đã hoàn thành hoặc đã hủy nên không nhận cập nhật tiến độ hay thay đổi thời hạn. Nếu nhiệm vụ đã hoàn thành cần làm tiếp, bên giao chuyển lại sang in_progress qua POST …/transitions, có lý do.",
        "The task is completed or cancelled, so it takes no progress updates and no new due date. If a completed task must go on, the assigning side moves it back to in_progress by POST …/transitions, with a reason.",
    ),
};

/// A lower percentage than before needs a reason.
pub static PERCENT_FELL: ProblemKind = ProblemKind {
    slug: "percent-fell",
    status: 422,
    given_by: GivenBy::These(&["create_progress_update"]),
    title: Bilingual::new("Tiến độ giảm mà không có lý do", "The percentage fell without a reason"),
    help: Bilingual::new(
        "percent thấp hơn lần cập nhật trước. Nếu đúng như vậy, gửi kèm reason.",
        "percent is lower than in the update before. If that is right, send a reason.",
    ),
};

/// A due date once given moves only through a deadline change.
pub static DUE_DATE_FIXED: ProblemKind = ProblemKind {
    slug: "due-date-fixed",
    status: 422,
    given_by: GivenBy::These(&["update_task", "put_task_by_key"]),
    title: Bilingual::new("Thời hạn đã được giao", "The due date is fixed"),
    help: Bilingual::new(
        "Thời hạn đã có chỉ được thay đổi qua POST …/deadline-changes, có lý do và người phê duyệt, để thời hạn đầu tiên được giữ lại.",
        "A due date once given moves only through POST …/deadline-changes, with a reason and who approved it, so that the first one is kept.",
    ),
};

/// Names no task in the caller's part of the tree.
pub const UNKNOWN_TASK: Code = Code::new("unknown-task");
/// The lead is not a coordinator as well.
pub const IS_LEAD: Code = Code::new("is-lead");
/// Due before it begins.
pub const BEFORE_START_ON: Code = Code::new("before-start-on");
/// The chain of parents is longer than it may be.
pub const TOO_DEEP: Code = Code::new("too-deep");
/// A move of the due date to where it is.
pub const UNCHANGED: Code = Code::new("unchanged");
