//! `env` overrides what the page sets for every check.

use std::collections::BTreeMap;

use super::super::front_matter::set_by_the_checker;
use crate::notation::ast::{EnvSetting, Script, Statement};
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

pub(super) fn lint(
    script: &Script,
    env: Option<&BTreeMap<String, String>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for line in &script.lines {
        if let Statement::Env(settings) = &line.statement {
            let found = settings
                .iter()
                .filter_map(|setting| wrong_name(setting, env));
            diagnostics.extend(found);
        }
    }
}

fn wrong_name(setting: &EnvSetting, env: Option<&BTreeMap<String, String>>) -> Option<Diagnostic> {
    let name = setting.name.node.as_str();
    let span = setting.name.span.clone();
    if let Some(why) = set_by_the_checker(name) {
        let message = format!("`{name}` is set by the checker");
        let diagnostic = Diagnostic::error(message, span, "not the page's to set");
        return Some(diagnostic.help(format!("remove it: {why}")));
    }
    // A server may have defaults that the page does not set, so that only a near miss is suspicious.
    let known = env.filter(|known| !known.contains_key(name))?;
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    let meant = suggest::one_nearest(name, &known)?;
    let diagnostic = Diagnostic::warning(
        format!("`{name}` is not in the page's environment, which has `{meant}`"),
        span,
        "perhaps misspelt",
    );
    Some(diagnostic.help(format!(
        "write `{meant}`, or add `{name}` to `env` in the front matter"
    )))
}
