//! What an exploration has to know of a protocol.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;

use crate::actor::Entry;
use crate::notation::ast::Line;
use crate::run::values::random;

/// A protocol, and what clients may do in it.
pub trait Exploration: Send + Sync + 'static {
    /// Something that a client can do at any time: what it comes to is decided when it is done, so that a plan
    /// from which others were taken out can still be played.
    type Action: Clone + fmt::Debug + Send + Sync + 'static;
    /// The protocol's rules.
    type Model: Model<Action = Self::Action>;

    /// What stands behind `explore`.
    fn name(&self) -> &'static str;

    /// Some action.
    fn action(&self, dice: &mut Dice, clients: usize) -> Self::Action;

    /// Actions that say less, the simplest first. None is simpler than itself.
    fn simpler(&self, action: &Self::Action) -> Vec<Self::Action>;

    /// The rules before anything has happened, for a server with this environment.
    ///
    /// # Errors
    /// What the check must set in the environment, in words for whoever writes the page.
    fn model(&self, env: &BTreeMap<String, String>) -> Result<Self::Model, String>;
}

/// What a variable of the conversation holds.
pub type Known<'k> = &'k dyn Fn(&str) -> Option<Json>;

/// The rules of a protocol, and all that clients have done and heard under them.
///
/// Clients are numbered; they go by the names of [`NAMES`] in the order in which they first do something.
pub trait Model: Send + Sync {
    /// See [`Exploration::Action`].
    type Action;

    /// Everything that was done before has been answered; what follows is done by several clients at the same time.
    fn begin_round(&mut self);

    /// The lines that a client plays for an action; none if there is nothing to do.
    ///
    /// A client may connect once in each round.
    fn act(&mut self, client: usize, action: &Self::Action, known: Known<'_>) -> Vec<Line>;

    /// The lines of the round have been played, and their variables are bound.
    fn learn(&mut self, known: Known<'_>);

    /// Something came to a client, on its last connection or, if not `current`, on the one before.
    fn hear(&mut self, client: usize, current: bool, entry: &Arc<Entry>);

    /// Whether the rules explain what was heard.
    fn judge(&mut self) -> Verdict;

    /// Which of [`NAMES`] a client goes by, if it has done anything.
    fn name_of(&self, client: usize) -> Option<&'static str>;

    /// Actions that are likely to be enough to go wrong by themselves, fewest first: those of [`Model::act`] are
    /// counted from 0. Only for speed: without any, everything is tried.
    fn suspects(&self) -> Vec<Vec<usize>>;

    /// What happened up to now as somebody would write it who wants to show what is wrong.
    fn counterexample(&self) -> Counterexample;
}

/// What the rules say of what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that must have come has, and nothing else.
    Settled,
    /// Something must still come.
    Waiting,
    /// Whatever comes now, it was wrong.
    Broken,
}

impl Verdict {
    /// The worse of two.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken, _) | (_, Self::Broken) => Self::Broken,
            (Self::Waiting, _) | (_, Self::Waiting) => Self::Waiting,
            (Self::Settled, Self::Settled) => Self::Settled,
        }
    }
}

/// A transcript in which the last that happened is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// In the notation.
    pub script: String,
    /// The line that a right server would meet and this one did not, counted from 0; nothing if no line says it.
    pub failing: Option<usize>,
    /// Why, in a sentence.
    pub because: String,
}

/// The names of clients.
pub const NAMES: [&str; 8] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
];

/// Chance, which a seed repeats.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        Self(rng)
    }

    /// A number below `end`, which is not zero; all are equally likely.
    pub fn below(&mut self, end: usize) -> usize {
        random::below(&mut self.0, end as u64) as usize
    }

    /// Whether something happens that does so `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several, each with its weight.
    pub fn weighted<T: Copy>(&mut self, choices: &[(usize, T)]) -> T {
        let total: usize = choices.iter().map(|(weight, _)| weight).sum();
        let mut at = self.below(total);
        for (weight, choice) in choices {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *choice,
            }
        }
        choices[0].1
    }
}
