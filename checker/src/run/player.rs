//! Plays the lines of a script in order.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::future::select_all;

use super::client_stage::ClientStage;
use super::opening::Kind;
use super::state::{ExchangeId, Frame, State};
use super::transcript::{Exchange, Failure, FailureKind, Measured, Part, Transcript};
use super::values::{EvaluateError, Values};
use super::{Conditions, Outcome, Run};
use crate::actor::{Inbox, Link, Meter, Target};
use crate::assignment::{Assignment, Check};
use crate::notation::ast::{Client, ClientName, Generator, Line, Script, Statement, Variable};
use crate::notation::matching::SearchLimit;
use crate::notation::print;
use crate::notation::value::Value;

/// Plays a check: what it is `given` first, then its own lines, then the silence that its prohibitions demand.
pub async fn run(assignment: &Assignment, check: &Check, conditions: &Conditions) -> Run {
    run_on(assignment, check, conditions, None).await
}

/// Plays a check whose submission is a client, which is started on this stage.
pub async fn run_client(
    assignment: &Assignment,
    check: &Check,
    conditions: &Conditions,
    stage: &ClientStage,
) -> Run {
    run_on(assignment, check, conditions, Some(stage)).await
}

async fn run_on(
    assignment: &Assignment,
    check: &Check,
    conditions: &Conditions,
    stage: Option<&ClientStage>,
) -> Run {
    let mut player = Player::new(conditions);
    player.stage = stage;
    let outcome = player.play_check(assignment, check).await;
    Run {
        outcome,
        transcript: player.into_transcript(),
    }
}

/// Plays a script that stands in no page, as a check of this id.
pub async fn run_script(check: &str, script: &Script, conditions: &Conditions) -> Run {
    let player = Player::new(conditions);
    let values = Values::new(conditions.seed, check);
    player.enter_part(check, &script.users(), &values);
    let mut frame = Frame::new(&values, 0);
    let mut played = player.play(script, &mut frame).await;
    if played.is_ok() {
        played = player.judge_all().await;
    }
    let outcome = match played {
        Ok(()) => Outcome::Passed,
        Err(Stop::Failed) => Outcome::Failed,
        Err(Stop::Unusable(reason) | Stop::Inconclusive(reason)) => {
            Outcome::Inconclusive { reason }
        }
    };
    Run {
        outcome,
        transcript: player.into_transcript(),
    }
}

/// Why the playing ended early. What failed is written in the transcript.
#[derive(Debug)]
pub(super) enum Stop {
    /// A line failed.
    Failed,
    /// A variable holds what cannot stand where it is used. The page has been proved with a right server, so what it holds came
    /// from the one under test.
    Unusable(String),
    /// The grader's own trouble.
    Inconclusive(String),
}

impl From<SearchLimit> for Stop {
    fn from(limit: SearchLimit) -> Self {
        Self::Inconclusive(limit.to_string())
    }
}

impl From<EvaluateError> for Stop {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::WrongKind { .. }
            | EvaluateError::OutOfRange { .. }
            | EvaluateError::ClaimsNotAnObject
            | EvaluateError::DuplicateMember(_) => Self::Unusable(error.to_string()),
            _ => Self::Inconclusive(error.to_string()),
        }
    }
}

pub(super) type Played = Result<(), Stop>;

pub(super) struct Player<'a> {
    pub(super) conditions: &'a Conditions,
    /// Where the submission is a client.
    pub(super) stage: Option<&'a ClientStage>,
    state: Mutex<State>,
}

impl<'a> Player<'a> {
    pub(super) fn new(conditions: &'a Conditions) -> Self {
        Self {
            conditions,
            stage: None,
            state: Mutex::new(State::new()),
        }
    }

    pub(super) fn into_transcript(self) -> Transcript {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).transcript
    }
}

impl Player<'_> {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn play_check(&self, assignment: &Assignment, check: &Check) -> Outcome {
        for (part, played) in assignment.chain(&check.id).into_iter().enumerate() {
            let own = played.id == check.id;
            let values = Values::new(self.conditions.seed, &played.id);
            self.enter_part(&played.id, &played.script.users(), &values);
            let mut frame = Frame::new(&values, part);
            let mut result = self.play(&played.script, &mut frame).await;
            if own && result.is_ok() {
                result = self.judge_all().await;
            }
            match result {
                Ok(()) => self.state().prohibitions.clear(),
                Err(Stop::Failed) if own => return Outcome::Failed,
                Err(Stop::Failed) => {
                    return Outcome::NotRun {
                        because: played.id.clone(),
                    };
                }
                Err(Stop::Unusable(reason) | Stop::Inconclusive(reason)) => {
                    return Outcome::Inconclusive { reason };
                }
            }
        }
        Outcome::Passed
    }

    /// Begins a part of the transcript and gives each user who is new in it a random name.
    pub(super) fn enter_part(&self, check: &str, users: &[String], values: &Values) {
        let mut state = self.state();
        state.transcript.parts.push(Part {
            check: check.to_owned(),
            exchanges: Vec::new(),
            measured: Vec::new(),
        });
        for user in users {
            if !state.bindings.contains_key(user) {
                let taken: Vec<Value> = state.bindings.values().cloned().collect();
                let is_taken = |name: &str| taken.contains(&Value::Json(name.into()));
                let name = values.user_name(user, is_taken);
                state
                    .bindings
                    .insert(user.clone(), Value::Json(name.into()));
            }
        }
    }

    /// Plays lines one after the other. Boxed, since blocks hold lines that hold blocks.
    pub(super) fn play<'s>(
        &'s self,
        script: &'s Script,
        frame: &'s mut Frame<'_>,
    ) -> Pin<Box<dyn Future<Output = Played> + Send + 's>> {
        Box::pin(async move {
            for line in &script.lines {
                self.play_line(line, frame).await?;
            }
            Ok(())
        })
    }

    pub(super) async fn play_line(&self, line: &Line, frame: &mut Frame<'_>) -> Played {
        match self.perform(line, frame).await {
            Err(Stop::Unusable(because)) => {
                let exchange = self.begin(line, frame);
                Err(self.not_sent(exchange, because))
            }
            result => result,
        }
    }

    async fn perform(&self, line: &Line, frame: &mut Frame<'_>) -> Played {
        self.start_for(&line.statement, frame).await?;
        match &line.statement {
            Statement::Comment(_) | Statement::Given(_) => Ok(()),
            // The server was started with it; a reader wants to know.
            Statement::Env(_) => {
                self.begin(line, frame);
                Ok(())
            }
            Statement::Let {
                variable,
                generator,
            } => self.bind(variable, generator, frame),
            Statement::Connect(connect) => self.open(line, connect, Kind::WebSocket, frame).await,
            Statement::Send { client, payload } => self.send(line, client, payload, frame).await,
            Statement::Receive(receive) => self.receive(line, receive, frame).await,
            Statement::Never {
                client,
                pattern,
                scope,
            } => {
                let prohibition = self.forbid(line, client, pattern, frame);
                let Some(scope) = scope else { return Ok(()) };
                self.play_forbidding(prohibition, scope, frame).await
            }
            Statement::InAnyOrder(block) => self.receive_in_any_order(line, block, frame).await,
            Statement::Together(block) => self.play_together(line, block, frame).await,
            Statement::For(statement) => self.play_for(line, statement, frame).await,
            Statement::Request(request) => self.request(line, request, frame).await,
            Statement::Close {
                client,
                code,
                reason,
            } => {
                self.close(line, client, code.as_ref(), reason.as_ref(), frame)
                    .await
            }
            Statement::Drop { client } => self.drop_connection(line, client, frame).await,
            Statement::Closed {
                client,
                expected,
                within,
            } => {
                self.is_closed(line, client, expected, within.as_ref(), frame)
                    .await
            }
            Statement::Stall { client } => self.stall(line, client, frame),
            Statement::Resume { client } => self.resume(line, client, frame),
            Statement::Explore(explore) => Err(Stop::Inconclusive(format!(
                "the exploration `{}` is no line that can be played",
                explore.name.node
            ))),
            Statement::Accept { server, within } => {
                self.accept(line, server, within.as_ref(), frame).await
            }
            Statement::Down { server } => self.go_down(line, server, frame).await,
            Statement::Up { .. } => self.come_up(line, frame).await,
            Statement::NothingConnects { duration } => {
                self.nothing_connects(line, *duration, frame).await
            }
            Statement::Requested(requested) => self.requested(line, requested, frame).await,
            Statement::Respond { status, body, .. } => {
                self.respond(line, status, body.as_ref(), frame)
            }
            Statement::Type { text } => self.type_line(line, text, frame).await,
            Statement::Print { pattern, within } => {
                self.prints(line, pattern, within.as_ref(), frame).await
            }
            Statement::Exit { status, within } => {
                self.exits(line, status, within.as_ref(), frame).await
            }
            Statement::Wait { duration, .. } => self.wait(line, duration, frame).await,
            Statement::Ask(request) => self.ask(line, request, frame).await,
            Statement::Answered(answered) => self.is_answered(line, answered, frame).await,
            Statement::NotAnswered { client, scope } => {
                let prohibition = self.forbid_answer(line, client, frame);
                self.play_forbidding(prohibition, scope, frame).await
            }
            Statement::Listen(listen) => self.open(line, listen, Kind::EventStream, frame).await,
            Statement::Measure(measure) => self.measure(line, measure, frame).await,
        }
    }

    /// The lines of a block, at whose end a prohibition is judged and lifted.
    async fn play_forbidding(
        &self,
        prohibition: ExchangeId,
        scope: &Script,
        frame: &mut Frame<'_>,
    ) -> Played {
        self.play_block(scope, frame).await?;
        self.judge(|p| p.exchange == prohibition).await?;
        self.state()
            .prohibitions
            .retain(|p| p.exchange != prohibition);
        Ok(())
    }

    fn bind(&self, variable: &Variable, generator: &Generator, frame: &Frame<'_>) -> Played {
        let secret = self.conditions.secret.as_deref();
        let mut state = self.state();
        let value = frame.values.evaluate(
            &variable.node,
            &frame.turns,
            generator,
            &state.bindings,
            secret,
        )?;
        state.bindings.insert(variable.node.clone(), value);
        Ok(())
    }

    /// Writes down what some messages cost.
    pub(super) fn note_cost(&self, measured: Measured, frame: &Frame<'_>) {
        let mut state = self.state();
        state.transcript.parts[frame.part].measured.push(measured);
    }

    /// Writes a line into the transcript.
    pub(super) fn begin(&self, line: &Line, frame: &Frame<'_>) -> ExchangeId {
        let mut state = self.state();
        let text = print::statement_head_with(&line.statement, &state.bindings);
        let exchanges = &mut state.transcript.parts[frame.part].exchanges;
        exchanges.push(Exchange {
            depth: frame.depth,
            ..Exchange::new(line, &text)
        });
        ExchangeId {
            part: frame.part,
            index: exchanges.len() - 1,
        }
    }

    /// The line's event happened.
    pub(super) fn done(&self, id: ExchangeId, frame: &mut Frame<'_>, at: Instant) {
        let mut state = self.state();
        let exchange = state.exchange(id);
        exchange.took = Some(at.saturating_duration_since(exchange.began));
        frame.last_event = at;
    }

    /// The line failed.
    pub(super) fn fail(&self, id: ExchangeId, failure: Failure) -> Stop {
        let mut state = self.state();
        let exchange = state.exchange(id);
        exchange.took = None;
        exchange.failure = Some(failure);
        Stop::Failed
    }

    /// Shorthand for a line that could not be done at all.
    pub(super) fn not_sent(&self, id: ExchangeId, because: impl Into<String>) -> Stop {
        self.fail(id, Failure::new(FailureKind::NotSent, because))
    }

    /// The client's connection of now, if it ever connected.
    pub(super) fn connection(&self, client: &Client) -> Result<Arc<Link>, Stop> {
        self.state()
            .clients
            .get(&client.node)
            .and_then(|client| client.connection.clone())
            .ok_or_else(|| Stop::Inconclusive(format!("{} is not connected", client.node)))
    }

    /// Counts what a client spends.
    pub(super) fn meter(&self, client: &ClientName) -> Meter {
        let mut state = self.state();
        state.meters.entry(client.clone()).or_default().clone()
    }

    /// The server, on this client's account.
    pub(super) fn target(&self, client: &ClientName) -> Target {
        Target {
            address: self.conditions.target.address,
            meter: self.meter(client),
        }
    }

    /// How much has come for each client.
    pub(super) fn seen(&self) -> Vec<(Inbox, usize)> {
        self.state()
            .clients
            .values()
            .map(|client| (client.inbox.clone(), client.inbox.len()))
            .collect()
    }

    /// Something new came for somebody.
    pub(super) async fn news(&self, seen: &[(Inbox, usize)]) {
        if seen.is_empty() {
            return std::future::pending().await;
        }
        select_all(
            seen.iter()
                .map(|(inbox, length)| Box::pin(inbox.grown_beyond(*length))),
        )
        .await;
    }
}
