//! Is there an order in which what several connections did explains what all of them heard?
//!
//! What one connection does is done in its order, and each thing wholly before or wholly after what another does: the
//! search for such an order is the one for a linearization (Herlihy and Wing, "Linearizability", 1990; Wing and Gong,
//! "Testing and verifying concurrent objects", 1993).
//!
//! ```text
//! worlds --- search --> worlds       all that explain what was heard, one for each that can be told apart
//!                                    none: the server is wrong
//!                                    one in which nothing is ahead or on its way: the round may end
//! ```
//!
//! A [`World`] is how far one such order has come: what has been done, the state that this brought about, and what was
//! sent because of it and has not come yet. A right server is in one of the worlds at any time, and this is kept so:
//!
//! - Each world is followed by every world that one more thing leads to, whoever does it. What a connection did before it
//!   was lost may be skipped, since the server may never have read it.
//! - A world is given up only when it contradicts what *was heard*: its next message for a connection is another one, or an
//!   answer came that nothing in it asks for. What has not come by now is on its way in that world, for however long, and
//!   no end of a round, no silence and no deadline takes it out.
//!
//! So when no world is left, the server is wrong, however busy the machine is. Time decides one thing only: a server in all
//! of whose worlds something is owing may not owe it for ever. What comes to one connection from one place comes in the
//! order in which it was sent there; an answer that names what it answers may come at any time.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use super::world::{Caused, Contradicted, World};

/// What happens in a place where several connections meet.
pub(super) trait Rules {
    /// What there is to know between two things that are done.
    type State: Clone + Eq + Hash;
    /// One thing that is done.
    type Op;
    /// What comes to a connection.
    type Heard;
    /// What should come.
    type Expected: Clone + Eq + Hash + fmt::Debug;

    /// The state after a connection has done it, and what is sent because of that.
    fn apply(
        &self,
        state: &Self::State,
        connection: usize,
        op: &Self::Op,
        sent: &mut Sent<Self::Expected>,
    ) -> Self::State;

    /// Whether this is what should have come. What it tells besides, the state remembers.
    fn explains(
        &self,
        state: &mut Self::State,
        expected: &Self::Expected,
        heard: &Self::Heard,
    ) -> bool;

    /// The same for the answer that names what a connection did; nothing if none has come.
    fn answers(
        &self,
        state: &mut Self::State,
        connection: usize,
        expected: &Self::Expected,
    ) -> Option<bool>;

    /// Whether an answer has come that names this.
    fn is_answered(&self, connection: usize, op: &Self::Op) -> bool;

    /// Whether all that can be heard from now on can be heard, too, if the rest of what a lost connection did is done at
    /// once. Only for speed: it spares a world for each moment at which it may have been done.
    fn may_as_well_be_done(
        &self,
        state: &Self::State,
        connection: usize,
        rest: &[Self::Op],
    ) -> bool;
}

/// What is sent because something was done.
pub(super) struct Sent<E> {
    messages: Vec<(usize, E)>,
    answer: Option<E>,
}

impl<E> Sent<E> {
    fn nothing() -> Self {
        Self {
            messages: Vec::new(),
            answer: None,
        }
    }

    /// To a connection, behind what was sent to it before.
    pub(super) fn message(&mut self, connection: usize, expected: E) {
        self.messages.push((connection, expected));
    }

    /// To the connection that did it, and it names what was done.
    pub(super) fn answer(&mut self, expected: E) {
        self.answer = Some(expected);
    }
}

/// What one connection did and heard.
pub(super) struct Lane<R: Rules + ?Sized> {
    pub(super) ops: Vec<R::Op>,
    pub(super) heard: Vec<R::Heard>,
    /// It is lost; the last of `ops` is its end. It may have missed what it should have heard last.
    pub(super) lost: bool,
}

impl<R: Rules + ?Sized> Default for Lane<R> {
    fn default() -> Self {
        Self {
            ops: Vec::new(),
            heard: Vec::new(),
            lost: false,
        }
    }
}

/// All connections, by number.
pub(super) type Lanes<R> = [Lane<R>];

/// What was done and heard, and how many answers each connection got.
struct Search<'s, R: Rules + ?Sized> {
    rules: &'s R,
    lanes: &'s Lanes<R>,
    answers: Vec<usize>,
}

/// All worlds that explain what was heard. Those in which nothing is ahead come first.
pub(super) struct Found<R: Rules + ?Sized> {
    pub(super) worlds: Vec<World<R>>,
    /// Whether there is one in which everything was done and has come.
    pub(super) is_complete: bool,
}

/// Searches on from worlds that explained what was heard before.
pub(super) fn search<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[World<R>],
) -> Found<R> {
    let search = Search::new(rules, lanes);
    let begin = from
        .iter()
        .filter_map(|world| search.go_on(world.clone()).ok());
    let (mut complete, mut others) = (Vec::new(), Vec::new());
    search.walk(begin.collect(), |world| {
        if search.explains_all(&world) {
            let is_complete = search.is_complete(&world);
            if is_complete {
                &mut complete
            } else {
                &mut others
            }
            .push(world);
        }
    });
    let is_complete = !complete.is_empty();
    complete.append(&mut others);
    Found {
        worlds: complete,
        is_complete,
    }
}

/// The order that explains the most, and what is wrong with it.
pub(super) struct Best<R: Rules + ?Sized> {
    pub(super) world: World<R>,
    /// What should have come where something else did.
    pub(super) contradicted: Option<Caused<R::Expected>>,
}

/// Of all orders the one that explains the most of what was heard, is contradicted by the least, does the most of what was
/// done, and lacks the least.
pub(super) fn best<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[World<R>],
) -> Option<Best<R>> {
    let search = Search::new(rules, lanes);
    let mut begin = Vec::new();
    let mut ends = Vec::new();
    for world in from {
        match search.go_on(world.clone()) {
            Ok(world) => begin.push(world),
            Err(contradicted) => ends.push(*contradicted),
        }
    }
    search.walk(begin, |world| {
        ends.extend(search.contradicted(&world));
        ends.push(Contradicted {
            world,
            instead: Vec::new(),
        });
    });
    let best = ends.into_iter().max_by_key(|end| {
        let world = &end.world;
        let done = world.done.iter().sum::<usize>();
        let owing = world.owing().count();
        let contradicted = end.instead.len();
        (
            world.explained(),
            Reverse(contradicted),
            done,
            Reverse(owing),
        )
    })?;
    Some(Best {
        world: best.world,
        contradicted: best.instead.into_iter().next(),
    })
}

impl<'s, R: Rules + ?Sized> Search<'s, R> {
    fn new(rules: &'s R, lanes: &'s Lanes<R>) -> Self {
        let answers = lanes.iter().enumerate().map(|(connection, lane)| {
            let ops = lane.ops.iter();
            ops.filter(|op| rules.is_answered(connection, op)).count()
        });
        Self {
            rules,
            lanes,
            answers: answers.collect(),
        }
    }

    /// The same world with what has come since.
    fn go_on(&self, mut world: World<R>) -> Result<World<R>, Box<Contradicted<R>>> {
        world.widen(self.lanes.len());
        let instead = world.read_on(self.rules, self.lanes);
        match instead.is_empty() {
            true => Ok(world),
            false => Err(Box::new(Contradicted { world, instead })),
        }
    }

    /// Visits these worlds and all that follow them, each once.
    fn walk(&self, mut stack: Vec<World<R>>, mut visit: impl FnMut(World<R>)) {
        let mut seen = HashSet::new();
        while let Some(world) = stack.pop() {
            if !seen.insert(world.key()) {
                continue;
            }
            match self.at_once(&world) {
                Some(connection) => {
                    let next = self.advance(&world, connection, world.done[connection]);
                    stack.extend(next.ok());
                }
                None => {
                    stack.extend(self.successors(&world));
                    visit(world);
                }
            }
        }
    }

    /// A lost connection that has read all that it heard, and may as well do the rest now.
    fn at_once(&self, world: &World<R>) -> Option<usize> {
        let mut lanes = self.lanes.iter().enumerate();
        let (connection, _) = lanes.find(|(connection, lane)| {
            let rest = &lane.ops[world.done[*connection]..];
            let is_over = lane.lost && world.read[*connection] == lane.heard.len();
            let rules = self.rules;
            is_over
                && !rest.is_empty()
                && rules.may_as_well_be_done(&world.state, *connection, rest)
        })?;
        Some(connection)
    }

    /// One step further, in each way that there is.
    fn successors(&self, world: &World<R>) -> Vec<World<R>> {
        let mut successors = Vec::new();
        for (connection, lane) in self.lanes.iter().enumerate() {
            let at = world.done[connection];
            if at >= lane.ops.len() {
                continue;
            }
            successors.extend(self.advance(world, connection, at).ok());
            let end = lane.ops.len() - 1;
            let is_lost = |op| !self.rules.is_answered(connection, op);
            if lane.lost && at < end && lane.ops[at..end].iter().all(is_lost) {
                successors.extend(self.advance(world, connection, end).ok());
            }
        }
        successors
    }

    /// The worlds one step further in which something else came than what should.
    fn contradicted(&self, world: &World<R>) -> impl Iterator<Item = Contradicted<R>> {
        let lanes = self.lanes.iter().zip(&world.done).enumerate();
        let next = lanes.filter(|(_, (lane, done))| **done < lane.ops.len());
        next.filter_map(|(connection, (_, done))| {
            let contradicted = self.advance(world, connection, *done).err()?;
            (!contradicted.instead.is_empty()).then_some(*contradicted)
        })
    }

    /// Does one thing, and skips what is before it of the same connection.
    fn advance(
        &self,
        world: &World<R>,
        connection: usize,
        at: usize,
    ) -> Result<World<R>, Box<Contradicted<R>>> {
        let op = &self.lanes[connection].ops[at];
        let mut sent = Sent::nothing();
        let mut next = world.clone();
        next.state = self.rules.apply(&world.state, connection, op, &mut sent);
        if sent.answer.is_none() && self.rules.is_answered(connection, op) {
            return Err(Box::new(Contradicted {
                world: next,
                instead: Vec::new(),
            }));
        }
        next.done[connection] = at + 1;
        let by = (connection, at);
        let caused = |(connection, expected)| Caused {
            by,
            connection,
            expected,
            heard: None,
        };
        next.due.extend(sent.messages.into_iter().map(caused));
        // What is sent to different connections has no order.
        next.due.sort_by_key(|due| due.connection);
        let answer = sent.answer.map(|expected| caused((connection, expected)));
        next.unanswered.extend(answer);
        next.unanswered.sort_by_key(|answer| answer.connection);
        self.go_on(next)
    }

    /// Whether the world explains all that was heard.
    fn explains_all(&self, world: &World<R>) -> bool {
        world.answered == self.answers && world.unexplained(self.lanes).is_empty()
    }

    /// Whether everything in it was done and has come. Nobody need notice the end of a connection of which nobody would
    /// hear.
    fn is_complete(&self, world: &World<R>) -> bool {
        if world.owing().next().is_some() {
            return false;
        }
        let mut state = world.state.clone();
        let mut sent = Sent::nothing();
        for (connection, lane) in self.lanes.iter().enumerate() {
            match lane.ops.last() {
                Some(end) if world.done[connection] < lane.ops.len() => {
                    if !lane.lost {
                        return false;
                    }
                    state = self.rules.apply(&state, connection, end, &mut sent);
                }
                _ => {}
            }
        }
        let mut messages = sent.messages.iter();
        messages.all(|(connection, _)| self.lanes[*connection].lost)
    }
}
