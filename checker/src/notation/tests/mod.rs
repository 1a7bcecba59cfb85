//! What holds of parsing, printing and explaining together.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

/// Compares with the snapshot of that name; its file holds nothing else.
macro_rules! assert_drawn {
    ($name:expr, $drawn:expr) => {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!($name, $drawn);
        })
    };
}

mod errors;
mod errors_of_kinds;
mod laws;
mod misspelling;
mod pages;
mod places;
mod printing;
