//! Figures (số liệu): one indicator × organization × period, in every version that was ever accepted.

pub mod figure;
