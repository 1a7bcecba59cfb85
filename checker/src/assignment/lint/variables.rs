//! A variable has a value where it is needed, and is met more than once.

use std::collections::{BTreeMap, BTreeSet};

use super::mentions::{self, PatternVariables, Uses};
use super::scope::{Bound, Origin, Scope};
use super::{Played, follow};
use crate::notation::ast::{
    ClientName, DurationSource, For, Line, MessagePattern, Response, Script, Span, Spanned,
    Statement, TextPattern, Variable,
};
use crate::notation::diagnostic::Diagnostic;

pub(super) fn lint(checks: &[Played<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut bound: Vec<Bound> = Vec::new();
    follow(checks, |check, scope: &mut Scope| {
        let mut newcomers = BTreeMap::new();
        collect_users(&check.draft.check.script, &mut newcomers);
        let mut walk = Walk {
            check,
            scope,
            bound: &mut bound,
            block: None,
            diagnostics,
        };
        walk.newcomers(newcomers);
        walk.script(&check.draft.check.script);
    });
    for variable in bound.iter().filter(|variable| variable.uses == 0) {
        let name = variable.name.as_str();
        // Any check may be given the one that binds it.
        if !checks.iter().any(|check| check.doubt.covers(name)) {
            diagnostics.push(variable.unused());
        }
    }
}

/// A `together:` block, whose clients do not wait for each other.
#[derive(Default)]
struct Block {
    /// By name: whose line bound it.
    bound_by: BTreeMap<String, ClientName>,
    current: Option<ClientName>,
}

struct Walk<'a> {
    check: &'a Played<'a>,
    scope: &'a mut Scope,
    bound: &'a mut Vec<Bound>,
    block: Option<Block>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    /// Lets `$alice` be the user name of the client `alice`.
    fn newcomers(&mut self, newcomers: BTreeMap<String, Span>) {
        for (user, span) in newcomers {
            if let Some(Origin::Bound(index)) = self.scope.values.get(&user) {
                let message = format!("`{user}` cannot be a client: `${user}` has a value already");
                self.diagnostics.push(
                    Diagnostic::error(message, span, "its user name would be another value")
                        .note(self.bound[*index].span.clone(), "bound here")
                        .help("give the client or the variable another name"),
                );
            }
            self.scope.users.insert(user);
        }
    }

    fn script(&mut self, script: &Script) {
        for line in &script.lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &Line) {
        let mut uses = Uses::new();
        match &line.statement {
            Statement::Let {
                variable,
                generator,
            } => {
                mentions::in_generator(generator, &mut uses);
                self.needs_all(&uses);
                self.binds_anew(variable);
            }
            Statement::Connect(connect) | Statement::Listen(connect) => {
                mentions::in_text(&connect.path, &mut uses);
                connect
                    .headers
                    .iter()
                    .for_each(|header| mentions::in_text(header, &mut uses));
                self.needs_all(&uses);
                self.response(connect.refusal.as_ref());
            }
            Statement::Request(request) | Statement::Ask(request) => {
                mentions::in_text(&request.path, &mut uses);
                if let Some(body) = &request.body {
                    mentions::in_payload(body, &mut uses);
                }
                request
                    .headers
                    .iter()
                    .for_each(|header| mentions::in_text(header, &mut uses));
                self.needs_all(&uses);
                self.response(request.response.as_ref());
            }
            Statement::Send { payload, .. } => {
                mentions::in_payload(payload, &mut uses);
                self.needs_all(&uses);
            }
            Statement::Receive(receive) => self.expects(&receive.pattern),
            Statement::Never { pattern, scope, .. } => {
                self.forbids(pattern);
                if let Some(scope) = scope {
                    self.script(scope);
                }
            }
            Statement::Close { code, reason, .. } => {
                if let Some(code) = code {
                    mentions::in_close_code(code, &mut uses);
                }
                if let Some(reason) = reason {
                    mentions::in_text(reason, &mut uses);
                }
                self.needs_all(&uses);
            }
            Statement::Closed { expected, .. } => {
                mentions::in_endings(expected, &mut uses);
                self.needs_all(&uses);
            }
            Statement::Wait {
                duration: DurationSource::Variable(variable),
                ..
            } => self.needs_all(&Uses::from([variable])),
            Statement::Requested(requested) => {
                mentions::in_text(&requested.path, &mut uses);
                self.needs_all(&uses);
                if let Some(body) = &requested.body {
                    self.expects(body);
                }
            }
            Statement::Respond { body, .. } => {
                if let Some(body) = body {
                    mentions::in_payload(body, &mut uses);
                }
                self.needs_all(&uses);
            }
            Statement::Type { text }
            | Statement::Print {
                pattern:
                    Spanned {
                        node: TextPattern::Exactly(text),
                        ..
                    },
                ..
            } => {
                mentions::in_text_source(text, &mut uses);
                self.needs_all(&uses);
            }
            Statement::InAnyOrder(block) => self.script(block),
            Statement::Answered(answered) => self.response(Some(&answered.response)),
            Statement::NotAnswered { scope, .. } => self.script(scope),
            Statement::Measure(measure) => self.script(&measure.body),
            Statement::Together(block) => self.together(block),
            Statement::For(repeat) => self.turns(repeat),
            Statement::Comment(_)
            | Statement::Given(_)
            | Statement::Env(_)
            | Statement::Drop { .. }
            | Statement::Stall { .. }
            | Statement::Resume { .. }
            | Statement::Explore(_)
            | Statement::Accept { .. }
            | Statement::Down { .. }
            | Statement::Up { .. }
            | Statement::NothingConnects { .. }
            | Statement::Print { .. }
            | Statement::Exit { .. }
            | Statement::Wait { .. } => {}
        }
    }

    fn together(&mut self, block: &Script) {
        let outer = self.block.replace(Block::default());
        for line in &block.lines {
            if let Some(block) = &mut self.block {
                block.current = line.statement.client().map(|client| client.node.clone());
            }
            self.line(line);
        }
        self.block = outer;
    }

    fn turns(&mut self, repeat: &For) {
        let mut uses = Uses::new();
        mentions::in_list(&repeat.list, &mut uses);
        self.needs_all(&uses);
        let before: BTreeSet<String> = self.scope.values.keys().cloned().collect();
        if !self.shadows(&repeat.variable) {
            let origin = Origin::Turn(repeat.variable.span.clone());
            self.scope
                .values
                .insert(repeat.variable.node.clone(), origin);
        }
        self.script(&repeat.body);
        self.scope
            .values
            .retain(|name, origin| before.contains(name) || matches!(origin, Origin::Reported));
    }

    fn response(&mut self, response: Option<&Response>) {
        if let Some(body) = response.and_then(|response| response.body.as_ref()) {
            self.expects(body);
        }
    }

    /// A pattern that binds what it meets first.
    fn expects(&mut self, pattern: &MessagePattern) {
        let PatternVariables {
            values,
            in_strings,
            binds,
        } = mentions::of_message(pattern);
        for variable in values {
            if self.is_met_again(variable) {
            } else if binds.contains(variable.node.as_str()) {
                self.bind(variable, false);
            } else {
                self.has_no_value(
                    variable,
                    "first met in one side of `|` only",
                    "bind it on an earlier line, or on every side",
                );
            }
        }
        for variable in in_strings {
            if !self.is_met_again(variable) {
                self.has_no_value(
                    variable,
                    "first met in a string, where nothing is bound",
                    "bind it on an earlier line, as a value of its own",
                );
            }
        }
    }

    /// A pattern that must not match, and so binds nothing.
    fn forbids(&mut self, pattern: &MessagePattern) {
        let variables = mentions::of_message(pattern);
        for variable in variables.values.into_iter().chain(variables.in_strings) {
            if !self.is_met_again(variable) {
                self.has_no_value(
                    variable,
                    "first met in `never`, which binds nothing",
                    "write `any`, or bind it on an earlier line",
                );
            }
        }
    }

    fn needs_all(&mut self, uses: &[&Variable]) {
        for variable in uses {
            self.needs(variable);
        }
    }

    fn needs(&mut self, variable: &Variable) {
        let elsewhere = self.block.as_ref().and_then(|block| {
            let binder = block.bound_by.get(&variable.node)?;
            (block.current.as_ref() != Some(binder)).then(|| binder.to_string())
        });
        let is_known = self.is_met_again(variable);
        match elsewhere {
            Some(binder) => self.diagnostics.push(
                Diagnostic::error(
                    format!("`${}` may have no value here", variable.node),
                    variable.span.clone(),
                    format!("bound by `{binder}`, which nobody waits for in `together:`"),
                )
                .help("use it after the block"),
            ),
            None if is_known => {}
            None => self.has_no_value(
                variable,
                "first met where it is needed",
                "bind it on an earlier line, with `let` or in a pattern",
            ),
        }
    }

    /// Whether the variable has a value (or its lack has been reported). Counts that it is used.
    fn is_met_again(&mut self, variable: &Variable) -> bool {
        let name = variable.node.as_str();
        match self.scope.values.get(name) {
            Some(Origin::Bound(index)) => {
                self.bound[*index].uses += 1;
                true
            }
            Some(Origin::Turn(_) | Origin::Reported) => true,
            None => self.scope.users.contains(name) || self.check.doubt.covers(name),
        }
    }

    fn binds_anew(&mut self, variable: &Variable) {
        if !self.shadows(variable) {
            self.bind(variable, true);
        }
    }

    fn bind(&mut self, variable: &Variable, by_let: bool) {
        let name = variable.node.clone();
        let origin = Origin::Bound(self.bound.len());
        let similar = self.scope.similar(&name).map(str::to_owned);
        self.bound.push(Bound {
            name: name.clone(),
            span: variable.span.clone(),
            by_let,
            uses: 0,
            similar,
        });
        if let Some(block) = &mut self.block
            && let Some(client) = &block.current
        {
            block.bound_by.insert(name.clone(), client.clone());
        }
        self.scope.values.insert(name, origin);
    }

    /// Reports a `let` or a `for` whose variable has a value already.
    fn shadows(&mut self, variable: &Variable) -> bool {
        let name = variable.node.as_str();
        let first = match self.scope.values.get(name) {
            Some(Origin::Bound(index)) => Some(self.bound[*index].span.clone()),
            Some(Origin::Turn(span)) => Some(span.clone()),
            Some(Origin::Reported) => return false,
            None => None,
        };
        let diagnostic = Diagnostic::error(
            format!("`${name}` has a value already"),
            variable.span.clone(),
            "bound a second time",
        )
        .help("choose another name");
        self.diagnostics.push(match first {
            Some(first) => diagnostic.note(first, "bound here"),
            None if self.scope.users.contains(name) => Diagnostic {
                label: format!("`${name}` is the user name of the client `{name}`"),
                ..diagnostic
            },
            None => return false,
        });
        true
    }

    fn has_no_value(&mut self, variable: &Variable, label: &str, otherwise: &str) {
        let name = variable.node.as_str();
        let help = match self.scope.similar(name) {
            Some(meant) => format!("did you mean `${meant}`? Otherwise {otherwise}"),
            None => otherwise.to_owned(),
        };
        self.diagnostics.push(
            Diagnostic::error(
                format!("`${name}` has no value here"),
                variable.span.clone(),
                label,
            )
            .help(help),
        );
        self.scope.values.insert(name.to_owned(), Origin::Reported);
    }
}

/// The users of a script's clients, and where each is first met.
fn collect_users(script: &Script, users: &mut BTreeMap<String, Span>) {
    for line in &script.lines {
        if let Some(client) = line.statement.client()
            && !client.is_server()
        {
            let first = users.entry(client.user.clone());
            first.or_insert_with(|| client.span.clone());
        }
        if let Some(block) = line.statement.block() {
            collect_users(block, users);
        }
    }
}
