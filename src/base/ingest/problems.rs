//! What can be wrong with many rows at once.

use crate::base::{
    i18n::Bilingual,
    problem::{GivenBy, ProblemKind},
};

/// With `on_error=abort` a rejected row keeps the whole push from being written.
pub static ROWS_REJECTED: ProblemKind = ProblemKind {
    slug: "rows-rejected",
    status: 422,
    given_by: GivenBy::Ingesting,
    title: Bilingual::new("Có dòng bị từ chối", "Rows were rejected"),
    help: Bilingual::new(
        "Với on_error=abort, một dòng sai làm cả lần gửi không được ghi. errors nêu từng dòng, cột và lý do. Sửa các dòng đó rồi gửi lại tất cả, hoặc dùng on_error=continue để ghi các dòng đúng.",
        "With on_error=abort one wrong row keeps the whole push from being written. errors names each row, column and reason. Mend those rows and send everything again, or use on_error=continue to have the good rows written.",
    ),
};

/// Refused before any row is read.
pub static TOO_MANY_ROWS: ProblemKind = ProblemKind {
    slug: "too-many-rows",
    status: 422,
    given_by: GivenBy::Ingesting,
    title: Bilingual::new("Quá nhiều dòng", "Too many rows"),
    help: Bilingual::new(
        "Một lần gửi có nhiều dòng hơn giới hạn mà detail nêu. Không có gì được ghi; chia thành nhiều lần gửi.",
        "One push has more rows than detail allows. Nothing was written; send it in several parts.",
    ),
};
