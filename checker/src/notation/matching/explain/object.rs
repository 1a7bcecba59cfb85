//! Where an object departs from its pattern.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::tally::Difference;
use super::{Waiting, Walk, What, is_literal_string};
use crate::notation::ast::{ObjectPattern, Pattern, TextPart};
use crate::notation::matching::SearchLimit;
use crate::notation::matching::mismatch::{MismatchKind, NOTHING};
use crate::notation::matching::path::Step;

#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) pattern: &'a ObjectPattern,
    pub(super) members: &'a Map<String, Value>,
    /// The same, to be described.
    pub(super) whole: (&'a Pattern, &'a Value),
}

impl<'a> Walk<'a> {
    /// Compares the members at the indices `left`; those whose keys are not known yet wait.
    pub(super) fn members(
        &mut self,
        object: Object<'a>,
        left: Vec<usize>,
    ) -> Result<(), SearchLimit> {
        let mut waiting = Vec::new();
        for at in left {
            let (key, member) = &object.pattern.members[at];
            let Ok(key) = self.scope.resolve(key) else {
                waiting.push(at);
                continue;
            };
            if let Some(value) = object.members.get(key.as_ref()) {
                self.step(Step::Member(key.into_owned()), member, value)?;
                continue;
            }
            let expected = self.words(|| self.describe(member));
            let got = self.words(|| similar_member(object, &key));
            self.differs_at_member(&key, MismatchKind::Missing, expected, got);
            if self.path.0.is_empty() && is_literal_string(member) {
                self.name(false);
            }
        }
        if waiting.is_empty() {
            self.keys(object);
        } else {
            self.waiting.push(Waiting {
                path: self.path.clone(),
                what: What::Members(object, waiting),
            });
        }
        Ok(())
    }

    /// No key may stand for two members, and a closed object has no others.
    fn keys(&mut self, object: Object<'a>) {
        let mut distinct = HashSet::new();
        let mut is_distinct = true;
        for (key, _) in &object.pattern.members {
            if let Ok(key) = self.scope.resolve(key) {
                is_distinct &= distinct.insert(key);
            }
        }
        if !is_distinct {
            self.differ(object.whole.0, object.whole.1);
        }
        if !object.pattern.open {
            for (key, value) in object.members {
                if !distinct.contains(key.as_str()) {
                    let expected = self.words(|| "no such member".to_owned());
                    let got = self.words(|| value.to_string());
                    self.differs_at_member(key, MismatchKind::Unexpected, expected, got);
                }
            }
        }
    }

    fn differs_at_member(&mut self, key: &str, kind: MismatchKind, expected: String, got: String) {
        let mut path = self.path.clone();
        path.0.push(Step::Member(key.to_owned()));
        self.tally.differs(Difference {
            path,
            kind,
            expected,
            got,
        });
    }
}

/// A member that is there and was perhaps meant: `user_id` for `userId`.
fn similar_member(object: Object<'_>, wanted: &str) -> String {
    let is_wanted = |key: &str| {
        let mut keys = object.pattern.members.iter();
        keys.any(|(other, _)| matches!(other.parts.as_slice(), [TextPart::Literal(other)] if other == key))
    };
    let plain = |key: &str| key.to_lowercase().replace(['_', '-', ' '], "");
    let similar = object
        .members
        .keys()
        .filter(|key| !is_wanted(key))
        .find(|key| {
            plain(key) == plain(wanted)
                || wanted.chars().count() > 3 && strsim::osa_distance(key, wanted) <= 2
        });
    match similar {
        Some(key) => Value::from(key.as_str()).to_string(),
        None => NOTHING.to_owned(),
    }
}
