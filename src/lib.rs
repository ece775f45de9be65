//! Tiến Độ: the map of the house. A floor uses those below it, never one above; within a floor no circle is closed.

pub mod cli;

pub mod server;

pub mod pages;

pub mod exchange;

pub mod figures;

pub mod work;

pub mod access;

pub mod reference;

pub mod base;
