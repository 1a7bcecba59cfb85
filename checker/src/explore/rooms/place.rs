//! What several connections did in one place, and how far it is explained.

use super::super::model::Verdict;
use super::super::order::{Best, Found, Lane, Rules, best, search};
use super::super::world::{Caused, World};

/// A room, or one user's private messages.
pub(super) struct Place<R: Rules> {
    pub(super) lanes: Vec<Lane<R>>,
    /// For each thing that a connection did, which of all steps that was.
    steps: Vec<Vec<usize>>,
    /// What explains all earlier rounds.
    from: Vec<World<R>>,
    /// What explains this one too.
    found: Vec<World<R>>,
    /// What was said when nothing was new.
    verdict: Verdict,
    is_new: bool,
}

/// The order that explains the most.
pub(super) struct Told<E> {
    /// What was heard and why: the step that caused it.
    pub(super) caused: Vec<(usize, Caused<E>)>,
    /// What must come and has not.
    pub(super) due: Vec<(usize, Caused<E>)>,
    /// What must have come where something else did.
    pub(super) contradicted: Option<(usize, Caused<E>)>,
    /// What came and is not explained: by connection, which of those that it heard.
    pub(super) unexplained: Vec<(usize, usize)>,
}

impl<R: Rules> Place<R> {
    pub(super) fn new(state: R::State) -> Self {
        let world = World::new(state);
        Self {
            lanes: Vec::new(),
            steps: Vec::new(),
            from: vec![world.clone()],
            found: vec![world],
            verdict: Verdict::Settled,
            is_new: false,
        }
    }

    fn lane(&mut self, connection: usize) -> &mut Lane<R> {
        if self.lanes.len() <= connection {
            self.lanes.resize_with(connection + 1, Lane::default);
            self.steps.resize_with(connection + 1, Vec::new);
        }
        &mut self.lanes[connection]
    }

    /// A connection does something.
    pub(super) fn push(&mut self, connection: usize, step: usize, op: R::Op) {
        self.lane(connection).ops.push(op);
        self.steps[connection].push(step);
        self.is_new = true;
    }

    /// A connection that did something here is lost.
    pub(super) fn lose(&mut self, connection: usize, step: usize, end: R::Op) {
        if self.lane(connection).ops.is_empty() {
            return;
        }
        self.push(connection, step, end);
        self.lane(connection).lost = true;
    }

    /// A connection hears something.
    pub(super) fn hear(&mut self, connection: usize, heard: R::Heard) {
        self.lane(connection).heard.push(heard);
        self.is_new = true;
    }

    /// An answer came that may be about something here.
    pub(super) fn renew(&mut self) {
        self.is_new = true;
    }

    /// Whether something is wrong here.
    pub(super) fn is_wrong(&self) -> bool {
        self.verdict != Verdict::Settled
    }

    /// The steps that took place here, in order.
    pub(super) fn steps(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = self.steps.iter().flatten().copied().collect();
        steps.sort_unstable();
        steps
    }

    pub(super) fn begin_round(&mut self) {
        if self.verdict == Verdict::Settled {
            self.from.clone_from(&self.found);
        }
    }

    pub(super) fn judge(&mut self, rules: &R) -> Verdict {
        if !self.is_new {
            return self.verdict;
        }
        self.is_new = false;
        let Found {
            worlds,
            is_complete,
        } = search(rules, &self.lanes, &self.from);
        self.verdict = match (worlds.is_empty(), is_complete) {
            (true, _) => Verdict::Broken,
            (false, true) => Verdict::Settled,
            (false, false) => Verdict::Waiting,
        };
        self.found = worlds;
        self.verdict
    }

    /// The connections to which something should have come, or should not have.
    pub(super) fn wronged(&self, rules: &R) -> Vec<usize> {
        let Some(told) = self.told(rules) else {
            return Vec::new();
        };
        let expected = told.contradicted.iter().chain(&told.due);
        let mut wronged: Vec<usize> = expected.map(|(_, caused)| caused.connection).collect();
        wronged.extend(told.unexplained.iter().map(|(connection, _)| *connection));
        wronged
    }

    pub(super) fn told(&self, rules: &R) -> Option<Told<R::Expected>> {
        let (world, contradicted) = if self.verdict == Verdict::Settled {
            (self.found.first()?.clone(), None)
        } else {
            let Best {
                world,
                contradicted,
            } = best(rules, &self.lanes, &self.from)?;
            (world, contradicted)
        };
        let step = |caused: Caused<R::Expected>| {
            let (connection, op) = caused.by;
            (self.steps[connection][op], caused)
        };
        Some(Told {
            caused: world.caused().into_iter().map(step).collect(),
            due: world.owing().cloned().map(step).collect(),
            contradicted: contradicted.map(step),
            unexplained: match self.verdict {
                Verdict::Settled => Vec::new(),
                _ => world.unexplained(&self.lanes),
            },
        })
    }
}
