//! `needs` and `given`: that each names a check, and that no check needs itself, over whatever way round.

use std::collections::HashSet;

use super::draft::Draft;
use crate::notation::ast::Spanned;
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

/// Looks up the references of each check and fills in its `needs`; reports those that name nothing and those that go
/// round in a circle.
pub(super) fn resolve(drafts: &mut [Draft], diagnostics: &mut Vec<Diagnostic>) {
    duplicate_ids(drafts, diagnostics);
    let ids: Vec<String> = drafts.iter().map(|draft| draft.check.id.clone()).collect();
    let of_tests: Vec<String> = drafts
        .iter()
        .filter(|draft| !draft.check.tests.is_empty())
        .map(|draft| draft.check.id.clone())
        .collect();
    let is_of_tests = |name: &str| of_tests.iter().any(|id| id == name);
    for draft in drafts.iter_mut() {
        let mut needs: Vec<String> = Vec::new();
        for (reference, kind) in references(draft) {
            let name = reference.node.as_str();
            if name == draft.check.id {
                diagnostics.push(
                    Diagnostic::error(
                        format!("`{name}` needs itself"),
                        reference.span.clone(),
                        "this is the check's own id",
                    )
                    .help("name another check, or remove it"),
                );
            } else if !ids.iter().any(|id| id == name) {
                diagnostics.push(unknown(reference, kind, &ids, &draft.check.id));
            } else if kind == "given" && is_of_tests(name) {
                diagnostics.push(
                    Diagnostic::error(
                        format!("`given` names a check of tests: `{name}`"),
                        reference.span.clone(),
                        "there is nothing to play",
                    )
                    .help(format!("write `needs={name}` on the heading instead")),
                );
            } else if !needs.iter().any(|need| need == name) {
                needs.push(name.to_owned());
            }
        }
        draft.check.needs = needs;
    }
    circles(drafts, diagnostics);
}

/// What a check refers to, and by which word.
fn references(draft: &Draft) -> impl Iterator<Item = (&Spanned<String>, &'static str)> {
    let needs = draft.needs.iter().map(|name| (name, "needs"));
    needs.chain(draft.given.iter().map(|name| (name, "given")))
}

fn unknown(reference: &Spanned<String>, kind: &str, ids: &[String], own: &str) -> Diagnostic {
    let ids = ids.iter().map(String::as_str);
    let others: Vec<&str> = ids.filter(|id| *id != own).collect();
    let help = match suggest::one_nearest(&reference.node, &others) {
        Some(meant) => format!("write `{meant}`"),
        None if others.is_empty() => "remove it: this page has no other check".to_owned(),
        None => format!("write {}", suggest::list(&others)),
    };
    Diagnostic::error(
        format!("`{kind}` names no check of this page: `{}`", reference.node),
        reference.span.clone(),
        "no check has this id",
    )
    .help(help)
}

fn duplicate_ids(drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) {
    for (index, draft) in drafts.iter().enumerate() {
        let first = drafts[..index]
            .iter()
            .find(|earlier| earlier.check.id == draft.check.id);
        if let Some(first) = first {
            diagnostics.push(
                Diagnostic::error(
                    format!("two checks have the id `{}`", draft.check.id),
                    draft.id_span.clone(),
                    "the second",
                )
                .note(first.id_span.clone(), "the first")
                .help("give one of them another id"),
            );
        }
    }
}

/// Reports each circle once, at the reference that closes it.
fn circles(drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) {
    let mut walk = Walk {
        drafts,
        path: Vec::new(),
        done: HashSet::new(),
        diagnostics,
    };
    for index in 0..drafts.len() {
        walk.visit(index);
    }
}

struct Walk<'a> {
    drafts: &'a [Draft],
    path: Vec<usize>,
    done: HashSet<usize>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn visit(&mut self, index: usize) {
        if !self.done.insert(index) {
            return;
        }
        self.path.push(index);
        let drafts = self.drafts;
        for (reference, _) in references(&drafts[index]) {
            let target = drafts
                .iter()
                .position(|draft| draft.check.id == reference.node);
            let Some(target) = target.filter(|target| *target != index) else {
                continue;
            };
            match self.path.iter().position(|step| *step == target) {
                Some(start) => self.report(start, reference),
                None => self.visit(target),
            }
        }
        self.path.pop();
    }

    fn report(&mut self, start: usize, closing: &Spanned<String>) {
        let circle = &self.path[start..];
        let id = |index: &usize| self.drafts[*index].check.id.as_str();
        let mut names: Vec<&str> = circle.iter().map(id).collect();
        names.push(id(&circle[0]));
        let mut diagnostic = Diagnostic::error(
            format!("checks that need each other: {}", names.join(" → ")),
            closing.span.clone(),
            "this closes the circle",
        )
        .help("none of them could be played first: remove one of these references");
        for step in circle.windows(2) {
            let link = references(&self.drafts[step[0]])
                .find(|(reference, _)| reference.node == id(&step[1]));
            if let Some((reference, _)) = link {
                let text = format!("`{}` needs `{}`", id(&step[0]), id(&step[1]));
                diagnostic = diagnostic.note(reference.span.clone(), text);
            }
        }
        self.diagnostics.push(diagnostic);
    }
}
