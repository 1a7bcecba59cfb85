//! Who does what, and what is done at the same time.

use super::model::{Dice, Exploration};

/// The most that is done before all is quiet again.
const MOST_AT_ONCE: usize = 7;
/// How often, in a hundred, the same client goes on.
const GOES_ON: usize = 40;

/// One thing that one client does.
#[derive(Debug, Clone)]
pub(super) struct Step<A> {
    pub(super) client: usize,
    pub(super) action: A,
}

/// What clients do, in rounds: in each of them they act at the same time, each its own steps in order; between them
/// everything that was done is answered.
#[derive(Debug, Clone)]
pub(super) struct Plan<A> {
    pub(super) rounds: Vec<Vec<Step<A>>>,
}

impl<A: Clone> Plan<A> {
    /// So many steps of so many clients, as the dice fall.
    pub(super) fn random<E: Exploration<Action = A>>(
        exploration: &E,
        dice: &mut Dice,
        clients: usize,
        steps: usize,
    ) -> Self {
        let mut rounds = Vec::new();
        let mut left = steps;
        while left > 0 {
            let size = (1 + dice.below(MOST_AT_ONCE)).min(left);
            left -= size;
            let mut client = dice.below(clients);
            let mut round = Vec::new();
            for _ in 0..size {
                if !dice.chance(GOES_ON) {
                    client = dice.below(clients);
                }
                let action = exploration.action(dice, clients);
                round.push(Step { client, action });
            }
            rounds.push(round);
        }
        Self { rounds }
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.rounds.iter().map(Vec::len).sum()
    }

    /// The clients that do something.
    pub(super) fn clients(&self) -> Vec<usize> {
        let steps = self.rounds.iter().flatten();
        let mut clients: Vec<usize> = steps.map(|step| step.client).collect();
        clients.sort_unstable();
        clients.dedup();
        clients
    }

    /// The rounds up to one, that one included.
    pub(super) fn up_to(&self, round: usize) -> Self {
        let rounds = self.rounds.iter().take(round + 1).cloned().collect();
        Self { rounds }
    }

    /// Only what these clients do.
    pub(super) fn only(&self, clients: &[usize]) -> Self {
        self.keeping(|_, step| clients.contains(&step.client))
    }

    /// Only these steps, counted over all rounds.
    pub(super) fn selecting(&self, steps: &[usize]) -> Self {
        self.keeping(|index, _| steps.contains(&index))
    }

    /// All steps but these.
    pub(super) fn without(&self, steps: &[usize]) -> Self {
        self.keeping(|index, _| !steps.contains(&index))
    }

    /// The plan with one step replaced by each action that is simpler.
    pub(super) fn simpler<E: Exploration<Action = A>>(
        &self,
        exploration: &E,
        at: usize,
    ) -> Vec<Self> {
        let Some(step) = self.rounds.iter().flatten().nth(at) else {
            return Vec::new();
        };
        let replaced = |action: A| {
            let mut plan = self.clone();
            if let Some(step) = plan.rounds.iter_mut().flatten().nth(at) {
                step.action = action;
            }
            plan
        };
        let simpler = exploration.simpler(&step.action);
        simpler.into_iter().map(replaced).collect()
    }

    fn keeping(&self, keep: impl Fn(usize, &Step<A>) -> bool) -> Self {
        let mut index = 0;
        let mut rounds = Vec::new();
        for round in &self.rounds {
            let mut kept = Vec::new();
            for step in round {
                if keep(index, step) {
                    kept.push(step.clone());
                }
                index += 1;
            }
            if !kept.is_empty() {
                rounds.push(kept);
            }
        }
        Self { rounds }
    }

    /// One step after the other.
    pub(super) fn in_turn(&self) -> Self {
        let steps = self.rounds.iter().flatten();
        let rounds = steps.map(|step| vec![step.clone()]).collect();
        Self { rounds }
    }

    /// The steps of one round one after the other; nothing if they are already.
    pub(super) fn round_in_turn(&self, round: usize) -> Option<Self> {
        let steps = self.rounds.get(round)?;
        if steps.len() < 2 {
            return None;
        }
        let turns = steps.iter().map(|step| vec![step.clone()]);
        let mut rounds = self.rounds.clone();
        rounds.splice(round..=round, turns);
        Some(Self { rounds })
    }
}
