//! `env` overrides what the page sets for every check.

use super::super::FrontMatter;
use crate::notation::ast::{EnvSetting, Script, Statement};
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

pub(super) fn lint(script: &Script, front_matter: &FrontMatter, diagnostics: &mut Vec<Diagnostic>) {
    for line in &script.lines {
        if let Statement::Env(settings) = &line.statement {
            let found = settings
                .iter()
                .filter_map(|setting| wrong_name(setting, front_matter));
            diagnostics.extend(found);
        }
    }
}

fn wrong_name(setting: &EnvSetting, front_matter: &FrontMatter) -> Option<Diagnostic> {
    let name = setting.name.node.as_str();
    let span = setting.name.span.clone();
    let known = &front_matter.server.env;
    if name == "PORT" {
        let diagnostic = Diagnostic::error(
            "`PORT` is set by the checker",
            span,
            "not the page's to set",
        );
        return Some(diagnostic.help("remove it: every server gets a port that the system chose"));
    }
    if known.contains_key(name) {
        return None;
    }
    let diagnostic = Diagnostic::warning(
        format!("`{name}` is not in the page's environment"),
        span,
        "`env` overrides what the front matter sets",
    );
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    Some(diagnostic.help(match suggest::nearest(name, &known) {
        Some(meant) => format!("write `{meant}`"),
        None => format!(
            "add `{name}` to `env` in the front matter, with the value that the other checks get"
        ),
    }))
}
