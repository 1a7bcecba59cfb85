//! What several connections did in one place, and how far it is explained.

use super::super::model::Verdict;
use super::super::order::{
    Best, Caused, Lane, Lanes, Node, Rules, Searched, best, may_be_otherwise, search,
};

/// A room, or one user's private messages.
pub(super) struct Place<R: Rules> {
    pub(super) lanes: Lanes<R>,
    /// For each thing that a connection did, which of all steps that was.
    steps: Vec<Vec<usize>>,
    /// The orders that explain all earlier rounds.
    from: Vec<Node<R>>,
    /// Those that explain this one too.
    explained: Vec<Node<R>>,
    /// What was said when nothing was new.
    verdict: Verdict,
    is_new: bool,
    /// Something was new in this round.
    is_touched: bool,
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
        let node = Node::new(state);
        Self {
            lanes: Vec::new(),
            steps: Vec::new(),
            from: vec![node.clone()],
            explained: vec![node],
            verdict: Verdict::Settled,
            is_new: false,
            is_touched: false,
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

    /// Whether something may be on its way here though nothing must come.
    pub(super) fn may_be_otherwise(&self, rules: &R) -> bool {
        self.is_touched && may_be_otherwise(rules, &self.lanes, &self.from)
    }

    /// Whether something is wrong here.
    pub(super) fn is_wrong(&self) -> bool {
        self.verdict != Verdict::Settled
    }

    /// Whether nothing that may still come can set it right.
    pub(super) fn is_broken(&self) -> bool {
        self.verdict == Verdict::Broken
    }

    /// The steps that took place here, in order.
    pub(super) fn steps(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = self.steps.iter().flatten().copied().collect();
        steps.sort_unstable();
        steps
    }

    pub(super) fn begin_round(&mut self) {
        self.is_touched = false;
        if self.verdict == Verdict::Settled {
            self.from.clone_from(&self.explained);
        }
    }

    pub(super) fn judge(&mut self, rules: &R) -> Verdict {
        if !self.is_new {
            return self.verdict;
        }
        self.is_new = false;
        self.is_touched = true;
        self.verdict = match search(rules, &self.lanes, &self.from) {
            Searched::Explained(nodes) => {
                self.explained = nodes;
                Verdict::Settled
            }
            Searched::Waiting => Verdict::Waiting,
            Searched::Contradicted => Verdict::Broken,
        };
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
        let (node, contradicted) = if self.verdict == Verdict::Settled {
            (self.explained.first()?.clone(), None)
        } else {
            let Best { node, contradicted } = best(rules, &self.lanes, &self.from)?;
            (node, contradicted)
        };
        let step = |caused: Caused<R::Expected>| {
            let (connection, op) = caused.by;
            (self.steps[connection][op], caused)
        };
        Some(Told {
            caused: node.caused().into_iter().map(step).collect(),
            due: node.due.iter().cloned().map(step).collect(),
            contradicted: contradicted.map(step),
            unexplained: match self.verdict {
                Verdict::Settled => Vec::new(),
                _ => node.unexplained(&self.lanes),
            },
        })
    }
}
