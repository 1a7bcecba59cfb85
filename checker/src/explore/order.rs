//! Is there an order in which what several connections did explains what all of them heard?
//!
//! What one connection does is done in its order, and each thing wholly before or wholly after what another does: the
//! search for such an order is the one for a linearization (Herlihy and Wing, "Linearizability", 1990; Wing and Gong,
//! "Testing and verifying concurrent objects", 1993). Several orders may explain the same, so all of them are kept.
//!
//! What has no answer may have been done or not. Bob types while alice comes in: if he did so before her, nobody hears of
//! it; if not, she does, but perhaps later than all that had to be waited for. So an order counts as possible, too, in
//! which such things are still ahead, and a later round decides.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// What a connection does, one thing at a time.
pub(super) trait Rules {
    /// What there is to know between two of them.
    type State: Clone + Eq + Hash;
    /// One thing that is done.
    type Op;
    /// What comes to a connection.
    type Heard;
    /// What should come.
    type Expected: Clone + fmt::Debug;

    /// Does it, and reads what came of it. Nothing if that contradicts the rules.
    fn apply(
        &self,
        state: &Self::State,
        connection: usize,
        op: &Self::Op,
        reader: &mut Reader<'_, Self>,
    ) -> Option<Self::State>;

    /// Whether the server may never have read it, if the connection is lost: nothing shows that it has.
    fn may_be_lost(&self, connection: usize, op: &Self::Op) -> bool;

    /// Whether nothing shows that the server has come to it.
    fn may_be_late(&self, op: &Self::Op) -> bool;

    /// Whether the server may not have come to these yet, the rest of what a connection did, though nothing is due:
    /// nothing shows that it has, and it makes a difference.
    fn may_be_ahead(
        &self,
        state: &Self::State,
        connection: usize,
        is_lost: bool,
        rest: &[Self::Op],
    ) -> bool;
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
pub(super) type Lanes<R> = Vec<Lane<R>>;

/// Something that should come to a connection because of what was done, and what did.
#[derive(Debug, Clone)]
pub(super) struct Caused<E> {
    /// Who did it, and which of the things that it did.
    pub(super) by: (usize, usize),
    pub(super) connection: usize,
    pub(super) expected: E,
    /// Which of the things that the connection heard. Nothing for an answer, which is found by its name.
    pub(super) heard: Option<usize>,
}

/// A list that grows at its end and shares its beginning with others.
#[derive(Debug)]
struct Trace<E> {
    caused: Vec<Caused<E>>,
    before: Option<Arc<Trace<E>>>,
}

/// How far an order has come.
pub(super) struct Node<R: Rules + ?Sized> {
    pub(super) state: R::State,
    /// How many of each connection's things have been done.
    done: Vec<usize>,
    /// How many of those that it heard have been read.
    read: Vec<usize>,
    /// What has not come yet.
    pub(super) due: Vec<Caused<R::Expected>>,
    trace: Option<Arc<Trace<R::Expected>>>,
}

impl<R: Rules + ?Sized> Clone for Node<R> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            done: self.done.clone(),
            read: self.read.clone(),
            due: self.due.clone(),
            trace: self.trace.clone(),
        }
    }
}

/// The state, how much each connection has done, and how much it has read.
type Key<S> = (S, Vec<usize>, Vec<usize>);

impl<R: Rules + ?Sized> Node<R> {
    pub(super) fn new(state: R::State) -> Self {
        Self {
            state,
            done: Vec::new(),
            read: Vec::new(),
            due: Vec::new(),
            trace: None,
        }
    }

    fn key(&self) -> Key<R::State> {
        (self.state.clone(), self.done.clone(), self.read.clone())
    }

    fn has_read_all(&self, lanes: &Lanes<R>) -> bool {
        let mut lanes = lanes.iter().zip(&self.read);
        lanes.all(|(lane, read)| *read == lane.heard.len())
    }

    /// Whether everything that was heard is explained, and everything done.
    fn is_complete(&self, lanes: &Lanes<R>) -> bool {
        let mut done = lanes.iter().zip(&self.done);
        self.has_read_all(lanes) && done.all(|(lane, done)| *done == lane.ops.len())
    }

    /// How much of what was heard it explains, and how much of what was done it does.
    fn progress(&self) -> (usize, usize) {
        (self.read.iter().sum(), self.done.iter().sum())
    }

    /// All that was caused, in order.
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
        let heard = lanes.iter().enumerate();
        heard
            .filter(|(connection, lane)| self.read[*connection] < lane.heard.len())
            .map(|(connection, _)| (connection, self.read[connection]))
            .collect()
    }
}

/// Reads what came of one thing that was done.
pub(super) struct Reader<'l, R: Rules + ?Sized> {
    lanes: &'l Lanes<R>,
    by: (usize, usize),
    read: Vec<usize>,
    caused: Vec<Caused<R::Expected>>,
    due: Vec<Caused<R::Expected>>,
    /// What should have come where something else did.
    contradicted: Option<Caused<R::Expected>>,
}

impl<'l, R: Rules + ?Sized> Reader<'l, R> {
    fn new(lanes: &'l Lanes<R>, node: &Node<R>, by: (usize, usize)) -> Self {
        Self {
            lanes,
            by,
            read: node.read.clone(),
            caused: Vec::new(),
            due: Vec::new(),
            contradicted: None,
        }
    }

    /// The next that a connection heard must be this, if anything has come.
    pub(super) fn expect(
        &mut self,
        connection: usize,
        expected: R::Expected,
        is_right: impl FnOnce(&R::Heard) -> bool,
    ) -> Option<()> {
        let lane = &self.lanes[connection];
        let index = self.read[connection];
        let heard = lane.heard.get(index);
        self.answered(connection, expected, heard, is_right)?;
        if heard.is_some() {
            self.read[connection] += 1;
            if let Some(last) = self.caused.last_mut() {
                last.heard = Some(index);
            }
        }
        Some(())
    }

    /// The same for an answer that is found by its name, wherever it came.
    pub(super) fn answered<A: ?Sized>(
        &mut self,
        connection: usize,
        expected: R::Expected,
        answer: Option<&A>,
        is_right: impl FnOnce(&A) -> bool,
    ) -> Option<()> {
        let caused = Caused {
            by: self.by,
            connection,
            expected,
            heard: None,
        };
        match answer {
            Some(answer) if is_right(answer) => self.caused.push(caused),
            Some(_) => {
                self.contradicted = Some(caused);
                return None;
            }
            None if self.lanes[connection].lost => {}
            None => self.due.push(caused),
        }
        Some(())
    }

    /// Nothing may answer this.
    pub(super) fn unanswered<A: ?Sized>(&mut self, answer: Option<&A>) -> Option<()> {
        answer.is_none().then_some(())
    }
}

/// What an order search came to.
pub(super) enum Searched<R: Rules + ?Sized> {
    /// All orders that explain everything, those in which nothing is ahead first; there is one.
    Explained(Vec<Node<R>>),
    /// More must come.
    Waiting,
    /// No order explains it.
    Contradicted,
}

/// Searches on from where earlier rounds ended.
pub(super) fn search<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[Node<R>],
) -> Searched<R> {
    let mut possible = walk(rules, lanes, from, Mode::All);
    possible.sort_by_key(|node| !node.is_complete(lanes));
    if possible.first().is_some_and(|node| node.is_complete(lanes)) {
        return Searched::Explained(possible);
    }
    match walk(rules, lanes, from, Mode::AnyWithDue).is_empty() {
        true => Searched::Contradicted,
        false => Searched::Waiting,
    }
}

/// Whether another order explains everything just as well, if only something came that may be on its way. What may be
/// ahead is no such thing: those orders are kept.
pub(super) fn may_be_otherwise<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[Node<R>],
) -> bool {
    let late = |node: &Node<R>| {
        node.due.iter().any(|due| {
            let (connection, op) = due.by;
            !rules.may_be_late(&lanes[connection].ops[op])
        })
    };
    !walk(rules, lanes, from, Mode::WithDue(&late)).is_empty()
}

enum Mode<'m, R: Rules + ?Sized> {
    /// All orders in which everything has come.
    All,
    /// One in which something may still be due.
    AnyWithDue,
    /// One in which something is due, of this kind.
    WithDue(&'m dyn Fn(&Node<R>) -> bool),
}

fn walk<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[Node<R>],
    mode: Mode<'_, R>,
) -> Vec<Node<R>> {
    let mut seen = HashSet::new();
    let mut ends = Vec::new();
    let mut stack: Vec<Node<R>> = begin(lanes, from);
    while let Some(node) = stack.pop() {
        if !seen.insert((node.key(), node.due.is_empty())) {
            continue;
        }
        let more = successors(rules, lanes, &node)
            .into_iter()
            .filter(|next| !matches!(mode, Mode::All) || next.due.is_empty());
        stack.extend(more);
        match mode {
            Mode::All if is_possible(rules, lanes, &node) => ends.push(node),
            Mode::AnyWithDue if node.is_complete(lanes) => {
                ends.push(node);
                break;
            }
            Mode::WithDue(is_that) if node.is_complete(lanes) && is_that(&node) => {
                ends.push(node);
                break;
            }
            Mode::All | Mode::AnyWithDue | Mode::WithDue(_) => {}
        }
    }
    ends
}

/// Room for connections that are new.
fn begin<R: Rules + ?Sized>(lanes: &Lanes<R>, from: &[Node<R>]) -> Vec<Node<R>> {
    from.iter()
        .map(|node| {
            let mut node = node.clone();
            node.done.resize(lanes.len(), 0);
            node.read.resize(lanes.len(), 0);
            node
        })
        .collect()
}

/// Whether everything that was heard is explained, and everything done that must have been by now.
fn is_possible<R: Rules + ?Sized>(rules: &R, lanes: &Lanes<R>, node: &Node<R>) -> bool {
    node.has_read_all(lanes)
        && lanes.iter().enumerate().all(|(connection, lane)| {
            let rest = &lane.ops[node.done[connection]..];
            rest.is_empty() || rules.may_be_ahead(&node.state, connection, lane.lost, rest)
        })
}

/// One step further, in each way that there is.
fn successors<R: Rules + ?Sized>(rules: &R, lanes: &Lanes<R>, node: &Node<R>) -> Vec<Node<R>> {
    let mut successors = Vec::new();
    for (connection, lane) in lanes.iter().enumerate() {
        let at = node.done[connection];
        if at >= lane.ops.len() {
            continue;
        }
        successors.extend(advance(rules, lanes, node, connection, at).ok());
        let end = lane.ops.len() - 1;
        let is_lost = |op| rules.may_be_lost(connection, op);
        if lane.lost && at < end && lane.ops[at..end].iter().all(is_lost) {
            successors.extend(advance(rules, lanes, node, connection, end).ok());
        }
    }
    successors
}

/// Does one thing, and what was due before it of the same connection is skipped. Otherwise what contradicts it.
fn advance<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    node: &Node<R>,
    connection: usize,
    op: usize,
) -> Result<Node<R>, Option<Caused<R::Expected>>> {
    let mut reader = Reader::new(lanes, node, (connection, op));
    let done = &lanes[connection].ops[op];
    let Some(state) = rules.apply(&node.state, connection, done, &mut reader) else {
        return Err(reader.contradicted);
    };
    let mut next = node.clone();
    next.state = state;
    next.done[connection] = op + 1;
    next.read = reader.read;
    next.due.extend(reader.due);
    if !reader.caused.is_empty() {
        next.trace = Some(Arc::new(Trace {
            caused: reader.caused,
            before: next.trace.take(),
        }));
    }
    Ok(next)
}

/// The order that explains the most, and what is wrong with it.
pub(super) struct Best<R: Rules + ?Sized> {
    pub(super) node: Node<R>,
    /// What should have come where something else did.
    pub(super) contradicted: Option<Caused<R::Expected>>,
}

/// Of all orders the one that explains the most of what was heard, does the most of what was done, and lacks the least.
pub(super) fn best<R: Rules + ?Sized>(
    rules: &R,
    lanes: &Lanes<R>,
    from: &[Node<R>],
) -> Option<Best<R>> {
    let mut seen = HashSet::new();
    let mut stack = begin(lanes, from);
    let mut best: Option<Node<R>> = None;
    while let Some(node) = stack.pop() {
        if !seen.insert((node.key(), node.due.len())) {
            continue;
        }
        let rank = |node: &Node<R>| {
            let (read, done) = node.progress();
            (read, done, std::cmp::Reverse(node.due.len()))
        };
        stack.extend(successors(rules, lanes, &node));
        if best.as_ref().is_none_or(|other| rank(&node) > rank(other)) {
            best = Some(node);
        }
    }
    let node = best?;
    let contradicted = lanes.iter().enumerate().find_map(|(connection, lane)| {
        let at = node.done[connection];
        if at >= lane.ops.len() {
            return None;
        }
        advance(rules, lanes, &node, connection, at).err().flatten()
    });
    Some(Best { node, contradicted })
}
