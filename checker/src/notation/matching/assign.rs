//! Giving each item of an `unordered` pattern a value of its own.

use super::SearchLimit;
use super::scope::Scope;

/// Pairs as many items as can be with distinct candidates of theirs (augmenting paths, Kuhn's algorithm). Of each item,
/// `candidates` are indices below `values`; those for which `is_taken` are left out.
pub(super) fn assign(
    scope: &Scope<'_>,
    candidates: &[&[usize]],
    values: usize,
    is_taken: &dyn Fn(usize) -> bool,
) -> Result<Vec<Option<usize>>, SearchLimit> {
    let mut search = Augment {
        scope,
        candidates,
        is_taken,
        owner: vec![None; values],
        seen: vec![usize::MAX; values],
    };
    for item in 0..candidates.len() {
        search.augment(item, item)?;
    }
    let mut assigned = vec![None; candidates.len()];
    for (value, owner) in search.owner.iter().enumerate() {
        if let Some(item) = owner {
            assigned[*item] = Some(value);
        }
    }
    Ok(assigned)
}

struct Augment<'s, 'a, 'c> {
    scope: &'s Scope<'a>,
    candidates: &'s [&'c [usize]],
    is_taken: &'s dyn Fn(usize) -> bool,
    /// By value: the item that has it.
    owner: Vec<Option<usize>>,
    /// By value: the last round in which it was looked at.
    seen: Vec<usize>,
}

impl Augment<'_, '_, '_> {
    /// Recurses at most once for each item of the pattern.
    fn augment(&mut self, item: usize, round: usize) -> Result<bool, SearchLimit> {
        self.scope.spend(1 + self.candidates[item].len() as u64)?;
        let free = |value: &usize| !(self.is_taken)(*value) && self.owner[*value].is_none();
        if let Some(value) = self.candidates[item].iter().copied().find(free) {
            self.owner[value] = Some(item);
            return Ok(true);
        }
        for &value in self.candidates[item] {
            if (self.is_taken)(value) || self.seen[value] == round {
                continue;
            }
            self.seen[value] = round;
            let Some(other) = self.owner[value] else {
                continue;
            };
            if self.augment(other, round)? {
                self.owner[value] = Some(item);
                return Ok(true);
            }
        }
        Ok(false)
    }
}
