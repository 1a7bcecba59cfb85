//! Where an array departs from its pattern.

use serde_json::Value;

use super::Walk;
use super::tally::Difference;
use crate::notation::ast::ArrayPattern;
use crate::notation::matching::SearchLimit;
use crate::notation::matching::mismatch::Score;
use crate::notation::matching::path::Step;
use crate::notation::matching::possible::{in_order, length_fits};
use crate::notation::matching::unordered::{Remaining, Unordered};

impl<'a> Walk<'a> {
    /// Whether the array's length fits; if not, that is the difference.
    fn length(&mut self, items: &ArrayPattern, values: &[Value]) -> bool {
        if length_fits(items, values.len()) {
            return true;
        }
        let listed = (items.before.len() + items.after.len()) as u64;
        let expected = match &items.rest {
            None => count(listed),
            Some(rest) => match rest.count {
                None => format!("at least {}", count(listed)),
                Some(others) => count(listed.saturating_add(others)),
            },
        };
        let got = values.len().to_string();
        self.tally
            .differs(Difference::at(&self.path, expected, got));
        false
    }

    pub(super) fn array(
        &mut self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<(), SearchLimit> {
        if !self.length(items, values) {
            // What is there still tells how close it is.
            for (at, (item, value)) in items.before.iter().zip(values).enumerate() {
                self.step(Step::Item(at), item, value)?;
            }
            return Ok(());
        }
        let tail = values.len() - items.after.len();
        for (at, (item, value)) in in_order(items, values).enumerate() {
            let at = if at < items.before.len() {
                at
            } else {
                tail + at - items.before.len()
            };
            self.step(Step::Item(at), item, value)?;
        }
        Ok(())
    }

    pub(super) fn unordered(
        &mut self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<(), SearchLimit> {
        self.length(items, values);
        let mut unordered = Unordered::new(items, values, &self.scope)?;
        loop {
            match unordered.narrow(&self.scope)? {
                Remaining::Ground => {
                    self.tally.agree += count_of(unordered.patterns().count());
                    return Ok(());
                }
                Remaining::Forced(item, value) => self.give(&mut unordered, item, value)?,
                Remaining::Open => {
                    let Some(item) = unordered.most_constrained() else {
                        return Ok(());
                    };
                    let value = unordered.candidates(item)[0];
                    self.give(&mut unordered, item, value)?;
                }
                Remaining::Impossible => return self.pair_up(&unordered),
            }
        }
    }

    fn give(
        &mut self,
        unordered: &mut Unordered<'a>,
        item: usize,
        at: usize,
    ) -> Result<(), SearchLimit> {
        let (pattern, value) = unordered.give(item, at);
        self.step(Step::Item(at), pattern, value)
    }

    /// Gives each item that cannot have a value of its own the one that comes closest.
    fn pair_up(&mut self, unordered: &Unordered<'a>) -> Result<(), SearchLimit> {
        let assigned = unordered.assign(&self.scope)?;
        let mut left: Vec<usize> = unordered
            .values_left()
            .filter(|value| !assigned.contains(&Some(*value)))
            .collect();
        for (pattern, assigned) in unordered.patterns().zip(assigned) {
            if assigned.is_some() {
                self.tally.agree += 1;
                continue;
            }
            let mut closest: Option<(Score, usize)> = None;
            for &at in &left {
                let score = self
                    .attempt(Step::Item(at), pattern, unordered.value(at))?
                    .score();
                if closest.is_none_or(|(best, _)| score > best) {
                    closest = Some((score, at));
                }
            }
            match closest {
                Some((_, at)) => {
                    left.retain(|&other| other != at);
                    self.step(Step::Item(at), pattern, unordered.value(at))?;
                }
                None => {
                    let expected = format!("an item {}", self.describe(pattern));
                    self.tally
                        .differs(Difference::at(&self.path, expected, "none".into()));
                }
            }
        }
        Ok(())
    }
}

fn count(items: u64) -> String {
    if items == 1 {
        "1 item".to_owned()
    } else {
        format!("{items} items")
    }
}

fn count_of(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
