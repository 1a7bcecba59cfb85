//! The grader.

use std::process::ExitCode;

use checker::server::{SUPERVISE, supervise_main};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == SUPERVISE) {
        return supervise_main(args);
    }
    ExitCode::SUCCESS
}
