//! What has been found, told in the order of the course whatever the order in which variants are done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::guard::Guards;
use super::trial::Tried;
use super::{Finding, News, Verdict, broken, holds};
use crate::assignment::Assignment;

/// The findings of several assignments.
pub(super) struct Ledger<'t> {
    /// Those that have not been told of to the end.
    pages: VecDeque<Page>,
    /// Variants that were tried before an earlier one was done, by their number.
    waiting: BTreeMap<usize, Tried>,
    /// The number of the variant that is told of next.
    next: usize,
    tried: usize,
    all_hold: bool,
    tell: &'t mut dyn FnMut(News<'_>),
}

/// What is known of one assignment.
struct Page {
    assignment: Arc<Assignment>,
    announced: bool,
    /// How many variants have not been told of.
    left: usize,
    guards: Guards,
    /// Why there are no variants.
    problem: Option<Finding>,
}

impl<'t> Ledger<'t> {
    pub(super) fn new(tell: &'t mut dyn FnMut(News<'_>)) -> Self {
        Self {
            pages: VecDeque::new(),
            waiting: BTreeMap::new(),
            next: 0,
            tried: 0,
            all_hold: true,
            tell,
        }
    }

    /// An assignment with so many variants, which are numbered on from those of the assignments before it.
    pub(super) fn add(&mut self, assignment: &Arc<Assignment>, variants: usize) {
        self.pages.push_back(Page {
            assignment: Arc::clone(assignment),
            announced: false,
            left: variants,
            guards: Guards::default(),
            problem: None,
        });
    }

    /// An assignment that cannot be tried.
    pub(super) fn add_broken(&mut self, assignment: &Arc<Assignment>, problem: Finding) {
        self.add(assignment, 0);
        if let Some(page) = self.pages.back_mut() {
            page.problem = Some(problem);
        }
    }

    /// The variant of this number has been tried.
    pub(super) fn note(&mut self, number: usize, tried: Tried) {
        self.waiting.insert(number, tried);
        self.tried += 1;
        self.tell_what_is_known();
        (self.tell)(News::Tried(self.tried));
    }

    /// Something that belongs to no variant.
    pub(super) fn note_trouble(&mut self, finding: Finding) {
        self.report(&finding);
    }

    pub(super) fn all_hold(&self) -> bool {
        self.all_hold
    }

    /// Tells of all that waits for nothing earlier.
    pub(super) fn tell_what_is_known(&mut self) {
        while let Some(mut page) = self.pages.pop_front() {
            if !page.announced {
                page.announced = true;
                (self.tell)(News::Assignment(&page.assignment));
            }
            while page.left > 0
                && let Some(tried) = self.waiting.remove(&self.next)
            {
                page.left -= 1;
                self.next += 1;
                if let Some(grades) = &tried.shown {
                    page.guards.add(grades);
                }
                tried
                    .findings
                    .iter()
                    .for_each(|finding| self.report(finding));
            }
            if page.left > 0 {
                self.pages.push_front(page);
                return;
            }
            let last = match page.problem.take() {
                Some(problem) => problem,
                None => guarded(&page),
            };
            self.report(&last);
        }
    }

    fn report(&mut self, finding: &Finding) {
        self.all_hold &= finding.verdict != Verdict::Broken;
        (self.tell)(News::Finding(finding));
    }
}

/// Whether every check and every prohibition is guarded.
fn guarded(page: &Page) -> Finding {
    let gaps = page.guards.gaps(&page.assignment);
    if gaps.is_empty() {
        let line = "every check and every prohibition is guarded by a wrong server";
        holds("guards", vec![line.to_owned()])
    } else {
        broken("guards", gaps)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::path::Path;

    use super::*;
    use crate::assignment;

    fn page(title: &str) -> Arc<Assignment> {
        let text = format!("+++\nyours = [\"src/a.rs\"]\n+++\n# {title}\n");
        Arc::new(assignment::parse(Path::new("page.md"), &text).0)
    }

    fn tried(subject: &str) -> Tried {
        vec![holds(subject, vec!["as it should".to_owned()])].into()
    }

    /// What is told when variants are done in this order: two of the first page, none of the second, one of the third.
    fn told(order: &[(usize, &str)]) -> (Vec<String>, bool) {
        let mut told = Vec::new();
        let mut tell = |news: News<'_>| match news {
            News::Assignment(assignment) => told.push(assignment.title.clone()),
            News::Finding(finding) => told.push(finding.subject.clone()),
            News::Tried(_) => {}
        };
        let mut ledger = Ledger::new(&mut tell);
        ledger.add(&page("One"), 2);
        ledger.add_broken(&page("Two"), broken("variants", Vec::new()));
        ledger.add(&page("Three"), 1);
        ledger.tell_what_is_known();
        for (number, subject) in order {
            ledger.note(*number, tried(subject));
        }
        let all_hold = ledger.all_hold();
        (told, all_hold)
    }

    #[test]
    fn findings_come_in_the_order_of_the_course() {
        let expected = [
            "One", "a", "b", "guards", "Two", "variants", "Three", "c", "guards",
        ];
        for order in [
            [(0, "a"), (1, "b"), (2, "c")],
            [(2, "c"), (1, "b"), (0, "a")],
            [(1, "b"), (2, "c"), (0, "a")],
        ] {
            let (told, all_hold) = told(&order);
            assert_eq!(told, expected);
            assert!(!all_hold, "the second cannot be tried");
        }
    }

    #[test]
    fn what_can_be_told_is_told_at_once() {
        assert_eq!(told(&[]).0, ["One"]);
        assert_eq!(told(&[(0, "a")]).0, ["One", "a"]);
        assert_eq!(told(&[(1, "b")]).0, ["One"]);
    }
}
