//! `given` is the first line of a script, and `env` lines follow it.

use super::super::FrontMatter;
use super::super::front_matter::{environment_name_like, is_environment_name};
use super::super::nearest::nearest;
use super::block_of;
use crate::notation::ast::{EnvSetting, Script, Span, Statement};
use crate::notation::diagnostic::Diagnostic;

pub(super) fn lint(script: &Script, front_matter: &FrontMatter, diagnostics: &mut Vec<Diagnostic>) {
    let mut placement = Placement {
        front_matter,
        first_given: None,
        has_begun: false,
        diagnostics,
    };
    placement.walk(script, 0);
}

struct Placement<'a> {
    front_matter: &'a FrontMatter,
    first_given: Option<Span>,
    /// Whether a line came before that is neither a comment, `given` nor `env`.
    has_begun: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Placement<'_> {
    fn walk(&mut self, script: &Script, depth: usize) {
        let mut has_env = false;
        for line in &script.lines {
            match &line.statement {
                Statement::Comment(_) => {}
                Statement::Given(_) => self.given(line.span.clone(), has_env || depth > 0),
                Statement::Env(settings) => {
                    has_env = true;
                    if self.has_begun || depth > 0 {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "`env` stands at the top of a check",
                                line.span.clone(),
                                "the server runs already",
                            )
                            .help("move it above every line but `given`"),
                        );
                    }
                    for setting in settings {
                        self.setting(setting);
                    }
                }
                statement => {
                    self.has_begun = true;
                    if let Some(block) = block_of(statement) {
                        self.walk(block, depth + 1);
                    }
                }
            }
        }
    }

    fn given(&mut self, span: Span, comes_late: bool) {
        if let Some(first) = &self.first_given {
            self.diagnostics.push(
                Diagnostic::error("a check has one `given`", span, "a second one")
                    .note(first.clone(), "the first")
                    .help("remove it; a check that must only pass first goes into the heading: needs=id"),
            );
            return;
        }
        if comes_late || self.has_begun {
            self.diagnostics.push(
                Diagnostic::error(
                    "`given` is the first line of a check",
                    span.clone(),
                    "too late: other lines come before it",
                )
                .help("move it to the top"),
            );
        }
        self.first_given = Some(span);
    }

    fn setting(&mut self, setting: &EnvSetting) {
        let name = setting.name.node.as_str();
        let span = setting.name.span.clone();
        let known = &self.front_matter.server.env;
        if name == "PORT" {
            self.diagnostics.push(
                Diagnostic::error(
                    "`PORT` is set by the checker",
                    span,
                    "not the page's to set",
                )
                .help("remove it: every server gets a port that the system chose"),
            );
        } else if !is_environment_name(name) {
            self.diagnostics.push(
                Diagnostic::error(
                    format!("`{name}` cannot be the name of an environment variable"),
                    span,
                    "letters, digits and `_`, and no digit first",
                )
                .help(format!("write `{}`", environment_name_like(name))),
            );
        } else if !known.contains_key(name) {
            self.diagnostics.push(
                Diagnostic::warning(
                    format!("`{name}` is not in the page's environment"),
                    span,
                    "`env` overrides what the front matter sets",
                )
                .help(match nearest(name, known.keys().map(String::as_str)) {
                    Some(meant) => format!("write `{meant}`"),
                    None => format!("add `{name}` to `env` in the front matter, with the value that the other checks get"),
                }),
            );
        }
    }
}
