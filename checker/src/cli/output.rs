//! What is printed, and where. A closed pipe ends the printing, not the program.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Standard output and standard error, with styles only on a terminal.
pub(super) struct Output {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    closed: bool,
}

impl Output {
    pub(super) fn new() -> Self {
        Self {
            out: AutoStream::auto(io::stdout()),
            err: AutoStream::auto(io::stderr()),
            closed: false,
        }
    }

    /// Prints a text as it is.
    pub(super) fn print(&mut self, text: impl AsRef<str>) {
        if self.closed {
            return;
        }
        let written = self
            .out
            .write_all(text.as_ref().as_bytes())
            .and_then(|()| self.out.flush());
        // Whoever closed the pipe (`| head`) has seen enough.
        self.closed = written.is_err();
    }

    /// Prints a line.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.print(format!("{}\n", line.as_ref()));
    }

    /// Says on standard error what went wrong.
    pub(super) fn error(&mut self, message: impl AsRef<str>) {
        let bad = checker::report::style::BAD;
        self.error_text(&format!("{bad}error:{bad:#} {}\n", message.as_ref()));
    }

    /// Writes a text to standard error as it is.
    pub(super) fn error_text(&mut self, text: &str) {
        // Nobody is left to tell if this fails.
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Whether styles are shown.
    pub(super) fn colour(&self) -> bool {
        self.err.current_choice() != ColorChoice::Never
    }
}

/// A line on the terminal that says what is going on; nothing elsewhere.
pub(super) fn spinner(message: impl Into<String>) -> ProgressBar {
    let spinner = if io::stderr().is_terminal() {
        ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        spinner.set_style(style);
    }
    spinner.set_message(message.into());
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}

/// A path as one would type it from here.
pub(super) fn relative(path: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf))
        .unwrap_or_else(|| path.to_path_buf())
}
