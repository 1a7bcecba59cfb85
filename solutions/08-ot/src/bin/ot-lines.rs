//! Answers requests for operations, one JSON object a line.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    groundwork::exit_code("ot-lines", ot_solution::requests::serve(input, output))
}
