//! What can be wrong with a push of figures.

use crate::base::{
    i18n::Bilingual,
    problem::{Code, GivenBy, ProblemKind},
};

/// With `on_error=abort` a rejected row keeps the whole push from being written.
pub static ROWS_REJECTED: ProblemKind = ProblemKind {
    slug: "rows-rejected",
    status: 422,
    given_by: GivenBy::These(&["create_observations"]),
    title: Bilingual::new("Có dòng bị từ chối", "Rows were rejected"),
    help: Bilingual::new(
        "Với on_error=abort, một dòng sai làm cả lần gửi không được ghi. errors nêu từng dòng, cột và lý do. Sửa các dòng đó rồi gửi lại tất cả, hoặc dùng on_error=continue để ghi các dòng đúng.",
        "With on_error=abort one wrong row keeps the whole push from being written. errors names each row, column and reason. Mend those rows and send everything again, or use on_error=continue to have the good rows written.",
    ),
};

/// A period of another frequency than is wanted.
pub const PERIOD_FREQUENCY: Code = Code::new("period-frequency");
/// A reason for having no numbers, and numbers.
pub const MISSING_WITH_NUMBERS: Code = Code::new("missing-with-numbers");
/// A part that only ratios have.
pub const NOT_FOR_THIS_KIND: Code = Code::new("not-for-this-kind");
/// Not what numerator and denominator give.
pub const VALUE_DIFFERS: Code = Code::new("value-differs");
/// Two parameters that exclude each other.
pub const NOT_TOGETHER: Code = Code::new("not-together");
