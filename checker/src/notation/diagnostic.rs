//! What is wrong in a page, where, and what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::ast::Span;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// An error stops the page from being graded; a warning does not.
    pub severity: Severity,
    /// What is wrong, in one line: "unknown verb `conects`".
    pub message: String,
    /// Where, in bytes of the page.
    pub span: Span,
    /// What stands under the marked text: "not a verb".
    pub label: String,
    /// Other places that matter, with what to say there.
    pub notes: Vec<(Span, String)>,
    /// What to do: "write `connects`".
    pub help: Option<String>,
}

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look.
    Warning,
    /// The page cannot be used.
    Error,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span,
            label: label.into(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message, span, label)
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn note(mut self, span: Span, text: impl Into<String>) -> Self {
        self.notes.push((span, text.into()));
        self
    }
}

/// Draws diagnostics beside the lines of the page that they are about, in the order of the page.
///
/// `path` is what the page is called; the numbers of the lines are those of the whole page. `colour` writes ANSI
/// escapes.
pub fn render(diagnostics: &[Diagnostic], path: &str, source: &str, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.span.start);
    let rendered: Vec<_> = sorted
        .into_iter()
        .map(|diagnostic| {
            renderer
                .render(&[report(diagnostic, path, source)])
                .to_string()
        })
        .collect();
    rendered.join("\n\n")
}

fn report<'a>(diagnostic: &'a Diagnostic, path: &'a str, source: &'a str) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let primary = AnnotationKind::Primary
        .span(diagnostic.span.clone())
        .label(diagnostic.label.as_str());
    let notes = diagnostic.notes.iter().map(|(span, text)| {
        AnnotationKind::Context
            .span(span.clone())
            .label(text.as_str())
    });
    let snippet = Snippet::source(source)
        .path(path)
        .annotation(primary)
        .annotations(notes);
    let report = level
        .primary_title(diagnostic.message.as_str())
        .element(snippet);
    match &diagnostic.help {
        Some(help) => report.element(Level::HELP.message(help.as_str())),
        None => report,
    }
}
