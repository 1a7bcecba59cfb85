//! `#[graded::test]`: a `#[test]` whose verdict the tested code cannot bring about.
//!
//! The code under test runs in the process of the test. It can end it with status 0 and print what the test harness prints.
//! So when the checker runs a test it hands it a random token before anything else happens, and takes the test for passed
//! only if the token comes back, which happens when the test has been played to its end without a panic.
//!
//! ```ignore
//! #[graded::test]
//! fn accept_key() {
//!     assert_eq!(lifecycle::accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
//! }
//!
//! proptest::proptest! {
//!     #[graded::test]
//!     fn a_frame_reads_back(frame in any_frame()) { … }
//! }
//! ```
//!
//! Under `cargo test` it is a `#[test]` like any other. It stands in the exercise, in `tests/codec.rs` say, and the page names
//! it in a `test` block: `codec::accept_key`. A solution is a crate of its own, so its `tests/codec.rs` brings the file in
//! under the name that it uses for the exercise:
//!
//! ```ignore
//! extern crate lifecycle_solution as lifecycle;
//!
//! #[path = "../../../exercises/02-lifecycle/tests/codec.rs"]
//! mod codec;
//! ```
//!
//! Not covered: code that looks through the memory of its own process for the token. `#[should_panic]` is not supported.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// What every graded test does first, before the code under test can run.
///
/// The token is read to the end of its line, so it is not there to be read a second time.
const COMPLETION: &str = r#"
let _completion = {
    struct Completion(::core::option::Option<::std::string::String>);

    impl ::core::ops::Drop for Completion {
        fn drop(&mut self) {
            if let ::core::option::Option::Some(token) = self.0.take()
                && !::std::thread::panicking()
            {
                use ::std::io::Write as _;
                let mut out = ::std::io::stdout().lock();
                // A token that does not arrive is a test that has not passed.
                let _ = out.write_all(::std::format!("\n{token}\n").as_bytes());
                let _ = out.flush();
            }
        }
    }

    let mut token = ::std::string::String::new();
    let is_graded = ::std::env::var_os("GRADED_TEST").is_some()
        && ::std::io::stdin().read_line(&mut token).is_ok();
    Completion(is_graded.then(|| token.trim().to_owned()))
};
"#;

/// Makes a function a test, as `#[test]` does, that tells the checker when it has been played to its end.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, function: TokenStream) -> TokenStream {
    if !arguments.is_empty() {
        return error("`#[graded::test]` takes no arguments");
    }
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.last_mut() else {
        return error("`#[graded::test]` stands on a function");
    };
    if body.delimiter() != Delimiter::Brace {
        return error("`#[graded::test]` stands on a function");
    }
    let Ok(mut statements) = COMPLETION.parse::<TokenStream>() else {
        return error("`#[graded::test]` is broken");
    };
    statements.extend(body.stream());
    let mut whole = Group::new(Delimiter::Brace, statements);
    whole.set_span(body.span());
    *body = whole;
    let Ok(mut expanded) = "#[::core::prelude::v1::test]".parse::<TokenStream>() else {
        return error("`#[graded::test]` is broken");
    };
    expanded.extend(tokens);
    expanded
}

fn error(message: &str) -> TokenStream {
    format!("::core::compile_error!({message:?});")
        .parse()
        .unwrap_or_default()
}
