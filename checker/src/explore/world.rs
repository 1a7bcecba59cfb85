//! How far one order of what was done has come: see [`super::order`].

use std::sync::Arc;

use super::order::{Lanes, Rules};

/// Something that is sent to a connection because of what was done.
#[derive(Debug, Clone)]
pub(super) struct Caused<E> {
    /// Who did it, and which of the things that it did.
    pub(super) by: (usize, usize),
    pub(super) connection: usize,
    pub(super) expected: E,
    /// Which of the things that the connection heard. Nothing for an answer, which is found by its name.
    pub(super) heard: Option<usize>,
}

impl<E> Caused<E> {
    fn key(&self) -> (usize, &E) {
        (self.connection, &self.expected)
    }
}

/// A list that grows at its end and shares its beginning with others.
#[derive(Debug)]
struct Trace<E> {
    caused: Vec<Caused<E>>,
    before: Option<Arc<Trace<E>>>,
}

/// How far an order has come.
pub(super) struct World<R: Rules + ?Sized> {
    pub(super) state: R::State,
    /// How many of each connection's things have been done.
    pub(super) done: Vec<usize>,
    /// How many of those that it heard have been read.
    pub(super) read: Vec<usize>,
    /// How many of the answers that it got have.
    pub(super) answered: Vec<usize>,
    /// What was sent and has not come yet: for each connection in order.
    pub(super) due: Vec<Caused<R::Expected>>,
    /// The same of answers.
    pub(super) unanswered: Vec<Caused<R::Expected>>,
    trace: Option<Arc<Trace<R::Expected>>>,
}

impl<R: Rules + ?Sized> Clone for World<R> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            done: self.done.clone(),
            read: self.read.clone(),
            answered: self.answered.clone(),
            due: self.due.clone(),
            unanswered: self.unanswered.clone(),
            trace: self.trace.clone(),
        }
    }
}

/// What tells worlds apart.
pub(super) type Key<R> = (
    <R as Rules>::State,
    [Vec<usize>; 3],
    Vec<(usize, <R as Rules>::Expected)>,
);

impl<R: Rules + ?Sized> World<R> {
    /// Nothing has been done.
    pub(super) fn new(state: R::State) -> Self {
        Self {
            state,
            done: Vec::new(),
            read: Vec::new(),
            answered: Vec::new(),
            due: Vec::new(),
            unanswered: Vec::new(),
            trace: None,
        }
    }

    pub(super) fn key(&self) -> Key<R> {
        let owing = self.due.iter().chain(&self.unanswered).map(|caused| {
            let (connection, expected) = caused.key();
            (connection, expected.clone())
        });
        let counts = [self.done.clone(), self.read.clone(), self.answered.clone()];
        (self.state.clone(), counts, owing.collect())
    }

    /// Room for connections that are new.
    pub(super) fn widen(&mut self, connections: usize) {
        for counts in [&mut self.done, &mut self.read, &mut self.answered] {
            counts.resize(connections, 0);
        }
    }

    /// What was sent and has not come.
    pub(super) fn owing(&self) -> impl Iterator<Item = &Caused<R::Expected>> {
        self.due.iter().chain(&self.unanswered)
    }

    /// All that came, in the order in which it was caused.
    pub(super) fn caused(&self) -> Vec<Caused<R::Expected>> {
        let mut parts = Vec::new();
        let mut next = self.trace.as_ref();
        while let Some(trace) = next {
            parts.push(&trace.caused);
            next = trace.before.as_ref();
        }
        parts.into_iter().rev().flatten().cloned().collect()
    }

    /// What connections heard that this order does not explain: the first of each.
    pub(super) fn unexplained(&self, lanes: &Lanes<R>) -> Vec<(usize, usize)> {
        let heard = lanes.iter().zip(&self.read).enumerate();
        heard
            .filter(|(_, (lane, read))| **read < lane.heard.len())
            .map(|(connection, (_, read))| (connection, *read))
            .collect()
    }

    /// Reads what has come of what is owing. Returns what should have come where something else did: none if nothing
    /// contradicts the world.
    pub(super) fn read_on(&mut self, rules: &R, lanes: &Lanes<R>) -> Vec<Caused<R::Expected>> {
        let mut came = Vec::new();
        let mut contradicted: Vec<Caused<R::Expected>> = Vec::new();
        for mut due in std::mem::take(&mut self.due) {
            let connection = due.connection;
            let index = self.read[connection];
            let is_stuck = contradicted
                .iter()
                .any(|other| other.connection == connection);
            match lanes[connection].heard.get(index) {
                _ if is_stuck => self.due.push(due),
                Some(heard) if rules.explains(&mut self.state, &due.expected, heard) => {
                    self.read[connection] += 1;
                    due.heard = Some(index);
                    came.push(due);
                }
                Some(_) => contradicted.push(due),
                None if lanes[connection].lost => {}
                None => self.due.push(due),
            }
        }
        for unanswered in std::mem::take(&mut self.unanswered) {
            let connection = unanswered.connection;
            match rules.answers(&mut self.state, connection, &unanswered.expected) {
                Some(true) => {
                    self.answered[connection] += 1;
                    came.push(unanswered);
                }
                Some(false) => contradicted.push(unanswered),
                None if lanes[connection].lost => {}
                None => self.unanswered.push(unanswered),
            }
        }
        if !came.is_empty() {
            let before = self.trace.take();
            self.trace = Some(Arc::new(Trace {
                caused: came,
                before,
            }));
        }
        contradicted
    }

    /// How much of what was heard it explains.
    pub(super) fn explained(&self) -> usize {
        self.read.iter().chain(&self.answered).sum()
    }
}

/// A world that what was heard contradicts.
pub(super) struct Contradicted<R: Rules + ?Sized> {
    pub(super) world: World<R>,
    /// What should have come where something else did; nothing if an answer came to what has none.
    pub(super) instead: Vec<Caused<R::Expected>>,
}
