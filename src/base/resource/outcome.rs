//! What came of a record that was sent.

use crate::base::db::types::string_enum;

string_enum! {
    /// What a pushed row came to (kết quả của dòng).
    Outcome {
        /// It was new (tạo mới).
        Created = "created",
        /// It changed what was known: a new version (cập nhật).
        Updated = "updated",
        /// It said what is already so: no version, no entry (không đổi).
        Unchanged = "unchanged",
        /// It was refused, and wrote nothing (bị từ chối).
        Rejected = "rejected",
    }
}
