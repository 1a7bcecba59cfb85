//! From a plan that fails to the least that still does: fewest clients, then fewest steps, then as little as possible at
//! the same time.
//!
//! Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002). A trial takes a
//! server of its own and most of its time is waiting, so several are made at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::Ground;
use super::model::{Exploration, Model};
use super::plan::Plan;
use super::trial::{Failing, Patience, Trial, trial};

/// How many trials are made at once.
const AT_ONCE: usize = 8;
/// How long it may take. On a busy machine, where silence has to last long, it may take longer for the first tries.
const ENOUGH_TIME: Duration = Duration::from_secs(7);
const ENOUGH_TRIES: usize = 150;
const MOST_TIME: Duration = Duration::from_secs(60);
/// How often the likeliest part is looked for.
const SUSPECTED: usize = 3;
/// What fails only at times is tried so often before it counts as what holds.
const CHANCES: usize = 2;
/// And so many times in a row nothing more can be left out before it counts as the least.
const FRUITLESS: usize = 5;

/// A plan that fails, and what it took to find it.
pub(super) struct Shrunk<A> {
    /// From the first plan to the smallest one.
    pub(super) plans: Vec<Plan<A>>,
    /// How often the smallest one failed, of [`AT_ONCE`] times.
    pub(super) failed: usize,
    pub(super) tries: usize,
}

impl<A> Shrunk<A> {
    /// Whether the smallest plan fails as often as it is tried, or only when the server's tasks run in a certain order.
    pub(super) fn always_fails(&self) -> bool {
        self.failed == AT_ONCE
    }
}

/// Takes out of a plan what it can fail without. `suspects` are the steps that are likely to be enough.
pub(super) async fn shrink<E: Exploration>(
    exploration: &E,
    ground: &Ground<'_>,
    plan: Plan<E::Action>,
    suspects: Vec<Vec<usize>>,
) -> Shrunk<E::Action> {
    let mut shrinker = Shrinker {
        suspects,
        ..Shrinker::new(exploration, ground, vec![plan])
    };
    shrinker.only_suspects().await;
    shrinker.smaller().await;
    shrinker.simpler_steps().await;
    if shrinker.in_turn().await {
        // What was needed side by side may not be in turn.
        shrinker.smaller().await;
    }
    shrinker.end().await
}

/// Goes on with a plan that fails only at times, with more patience.
pub(super) async fn shrink_further<E: Exploration>(
    exploration: &E,
    ground: &Ground<'_>,
    shrunk: Shrunk<E::Action>,
) -> Shrunk<E::Action> {
    let mut shrinker = Shrinker {
        chances: CHANCES,
        tries: shrunk.tries,
        ..Shrinker::new(exploration, ground, shrunk.plans)
    };
    let mut fruitless = 0;
    while fruitless < FRUITLESS && !shrinker.is_over() {
        let is_smaller = shrinker.smaller().await;
        fruitless = if is_smaller { 0 } else { fruitless + 1 };
    }
    shrinker.end().await
}

struct Shrinker<'g, E: Exploration> {
    exploration: &'g E,
    ground: &'g Ground<'g>,
    began: Instant,
    plans: Vec<Plan<E::Action>>,
    /// Of the smallest plan.
    suspects: Vec<Vec<usize>>,
    /// How often each plan is tried.
    chances: usize,
    tries: usize,
}

impl<'g, E: Exploration> Shrinker<'g, E> {
    fn new(exploration: &'g E, ground: &'g Ground<'g>, plans: Vec<Plan<E::Action>>) -> Self {
        Self {
            exploration,
            ground,
            began: Instant::now(),
            plans,
            suspects: Vec::new(),
            chances: 1,
            tries: 0,
        }
    }

    fn plan(&self) -> &Plan<E::Action> {
        &self.plans[self.plans.len() - 1]
    }

    fn is_over(&self) -> bool {
        let took = self.began.elapsed();
        took > MOST_TIME || took > ENOUGH_TIME && self.tries >= ENOUGH_TRIES * self.chances
    }

    /// How many plans are tried at once.
    fn batch(&self) -> usize {
        AT_ONCE / self.chances
    }

    /// Takes the first of these that fails, if one does.
    async fn take_first(&mut self, candidates: &[Plan<E::Action>]) -> bool {
        for batch in candidates.chunks(self.batch()) {
            let results = self.try_all(batch).await;
            let mut failed = results.into_iter().zip(batch);
            if let Some((Some(failing), plan)) = failed.find(|(failing, _)| failing.is_some()) {
                self.take(plan, &failing);
                return true;
            }
        }
        false
    }

    fn take(&mut self, plan: &Plan<E::Action>, failing: &Failing<E::Model>) {
        self.plans.push(plan.up_to(failing.round));
        self.suspects = failing.model.suspects();
        let plan = self.plan();
        (self.ground.tell)(format!(
            "shrinking what went wrong: {} steps of {} clients, {} tries",
            plan.len(),
            plan.clients().len(),
            self.tries
        ));
    }

    /// Those of some plans that fail, in their order, each given all its chances at the same time.
    async fn try_all(&mut self, batch: &[Plan<E::Action>]) -> Vec<Option<Box<Failing<E::Model>>>> {
        if self.is_over() {
            return Vec::new();
        }
        self.tries += batch.len() * self.chances;
        let trials = batch.iter().map(|plan| self.trials(plan, self.chances));
        let failing = |trial| match trial {
            Trial::Failed(failing) => Some(failing),
            Trial::Held { .. } | Trial::Troubled(_) => None,
        };
        let results = join_all(trials).await.into_iter();
        results
            .map(|chances| chances.into_iter().find_map(failing))
            .collect()
    }

    /// Tries one plan several times at once.
    async fn trials(&self, plan: &Plan<E::Action>, times: usize) -> Vec<Trial<E::Model>> {
        let once = || trial(self.exploration, self.ground, plan, Patience::Window);
        join_all(std::iter::repeat_with(once).take(times)).await
    }

    /// Looks at how often the smallest plan fails.
    async fn end(self) -> Shrunk<E::Action> {
        let trials = self.trials(self.plan(), AT_ONCE).await;
        let failed = trials.iter().filter(|it| matches!(it, Trial::Failed(_)));
        Shrunk {
            failed: failed.count(),
            plans: self.plans,
            tries: self.tries + AT_ONCE,
        }
    }

    /// Fewer clients, then fewer steps; whether anything could be left out.
    async fn smaller(&mut self) -> bool {
        let clients = self.fewer_clients().await;
        self.fewer_steps().await || clients
    }

    /// What is suspected, one after the other if that is enough.
    async fn only_suspects(&mut self) {
        for _ in 0..SUSPECTED {
            let plan = self.plan();
            let length = plan.len();
            let parts = self.suspects.iter().map(|steps| plan.selecting(steps));
            let parts: Vec<_> = parts.filter(|part| part.len() < length).collect();
            let mut candidates: Vec<_> = parts.iter().map(Plan::in_turn).collect();
            candidates.extend(parts);
            if !self.take_first(&candidates).await {
                return;
            }
        }
    }

    async fn fewer_clients(&mut self) -> bool {
        let clients = self.plan().clients();
        for size in 1..clients.len() {
            let candidates: Vec<_> = subsets(&clients, size)
                .iter()
                .map(|subset| self.plan().only(subset))
                .collect();
            if self.take_first(&candidates).await {
                return true;
            }
        }
        false
    }

    async fn fewer_steps(&mut self) -> bool {
        let before = self.plan().len();
        let mut chunk = before.div_ceil(2);
        while chunk > 0 && !self.is_over() {
            let taken = self.without_chunks(chunk).await;
            match (taken, chunk) {
                (true, _) => chunk = chunk.min(self.plan().len() / 2),
                (false, 1) => break,
                (false, _) => chunk = chunk.div_ceil(2),
            }
        }
        self.plan().len() < before
    }

    /// Leaves out every part of so many steps without which it fails: all of them together if it can be.
    async fn without_chunks(&mut self, chunk: usize) -> bool {
        let steps: Vec<usize> = (0..self.plan().len()).collect();
        let parts: Vec<&[usize]> = steps.chunks(chunk).collect();
        if parts.len() < 2 {
            return false;
        }
        for batch in parts.chunks(self.batch()) {
            let candidates: Vec<_> = batch.iter().map(|part| self.plan().without(part)).collect();
            let results = self.try_all(&candidates).await;
            let tried = results.into_iter().zip(batch).zip(&candidates);
            let failed: Vec<_> = tried
                .filter_map(|((failing, part), plan)| Some((failing?, part, plan)))
                .collect();
            let Some((failing, _, plan)) = failed.first() else {
                continue;
            };
            if failed.len() > 1 {
                let parts = failed.iter().flat_map(|(_, part, _)| part.iter().copied());
                let together = self.plan().without(&parts.collect::<Vec<_>>());
                if together.len() > 0 && self.take_first(&[together]).await {
                    return true;
                }
            }
            self.take(plan, failing);
            return true;
        }
        false
    }

    /// Simpler actions in place of others, as many as can be.
    async fn simpler_steps(&mut self) {
        let mut at = 0;
        while at < self.plan().len() {
            let simpler = self.plan().simpler(self.exploration, at);
            if !self.take_first(&simpler).await {
                at += 1;
            }
        }
    }

    /// One step after the other where that is enough; whether something could be put so.
    async fn in_turn(&mut self) -> bool {
        if self.plan().rounds.iter().all(|round| round.len() < 2) {
            return false;
        }
        // What happens only at times gets two chances.
        let all = [self.plan().in_turn(), self.plan().in_turn()];
        if self.take_first(&all).await {
            return true;
        }
        let mut any = false;
        let mut round = 0;
        while round < self.plan().rounds.len() {
            if let Some(candidate) = self.plan().round_in_turn(round) {
                any |= self.take_first(&[candidate]).await;
            }
            round += 1;
        }
        any
    }
}

/// All selections of so many, in order.
fn subsets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut subsets = Vec::new();
    for (index, first) in of.iter().enumerate() {
        for mut rest in self::subsets(&of[index + 1..], size - 1) {
            rest.insert(0, *first);
            subsets.push(rest);
        }
    }
    subsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_are_all_of_their_size() {
        assert_eq!(subsets(&[1, 2, 3], 2), [[1, 2], [1, 3], [2, 3]]);
        assert_eq!(subsets(&[1], 2), Vec::<Vec<usize>>::new());
    }
}
