//! What a comparison found: the first difference, and how much agrees.

use std::cmp::Reverse;

use crate::notation::matching::mismatch::{MismatchKind, Score};
use crate::notation::matching::path::Path;

pub(super) struct Difference {
    pub(super) path: Path,
    pub(super) kind: MismatchKind,
    pub(super) expected: String,
    pub(super) got: String,
}

impl Difference {
    pub(super) fn at(path: &Path, expected: String, got: String) -> Self {
        Self {
            path: path.clone(),
            kind: MismatchKind::Different,
            expected,
            got,
        }
    }
}

#[derive(Default)]
pub(super) struct Tally {
    pub(super) first: Option<Difference>,
    pub(super) agree: u32,
    pub(super) differ: u32,
    pub(super) names_agree: u32,
    pub(super) first_name_agrees: Option<bool>,
}

impl Tally {
    pub(super) fn differs(&mut self, difference: Difference) {
        self.differ += 1;
        self.first.get_or_insert(difference);
    }

    pub(super) fn score(&self) -> Score {
        Score {
            right_kind: true,
            first_name_agrees: self.first_name_agrees.unwrap_or_default(),
            names_agree: self.names_agree,
            agree: self.agree,
            differ: Reverse(self.differ),
        }
    }
}
