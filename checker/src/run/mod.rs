//! To come.

pub mod values;
