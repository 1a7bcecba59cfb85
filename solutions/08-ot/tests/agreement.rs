//! Agreement with public implementations: the crate operational-transform, ot.js, and the fuzzer of
//! the ShareDB project.
//!
//! `OT_TRIPLES=100000` compares so many random triples of operations, and `OT_FUZZ_STEPS=10000` lets
//! the fuzzer take so many steps, instead of the few that take seconds.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use operational_transform::OperationSeq;
use ot_solution::compose::compose;
use ot_solution::length;
use ot_solution::operation::{Component, Operation};
use ot_solution::transform::transform;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::json;

/// Of one to four bytes, of one and two UTF-16 units, and one that combines with the one before.
const CHARACTERS: [&str; 8] = ["a", "b", " ", "é", "☂", "\u{301}", "😀", "𝒳"];
const ASCII: usize = 3;

fn setting(name: &str, default: usize) -> usize {
    let number = env::var(name).map(|value| value.parse());
    number.map_or(default, |number| number.expect("a number"))
}

struct Source(ChaCha8Rng);

impl Source {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn text(&mut self, longest: u64, astral: bool) -> String {
        let kinds = if astral { CHARACTERS.len() } else { ASCII } as u64;
        let length = self.below(longest + 1);
        (0..length)
            .map(|_| CHARACTERS[self.below(kinds) as usize])
            .collect()
    }

    /// An operation on a text of this length, in both implementations.
    fn operation(&mut self, length: u64, astral: bool) -> (Operation, OperationSeq) {
        let (mut ours, mut theirs) = (Operation::new(), OperationSeq::default());
        let mut left = length;
        while left > 0 || self.below(3) == 0 {
            let count = self.below(5).min(left);
            match self.below(4) {
                0 => {
                    let text = self.text(3, astral);
                    ours.insert(&text).expect("it is short");
                    theirs.insert(&text);
                }
                1 => {
                    ours.delete(count).expect("it is short");
                    theirs.delete(count);
                    left -= count;
                }
                _ => {
                    ours.retain(count).expect("it is short");
                    theirs.retain(count);
                    left -= count;
                }
            }
        }
        (ours, theirs)
    }
}

/// One of theirs as one of ours: they must be the same, component by component.
fn ours(theirs: &OperationSeq) -> Vec<Component> {
    let components = theirs.ops().iter().map(|component| match component {
        operational_transform::Operation::Retain(count) => Component::Retain(*count),
        operational_transform::Operation::Insert(text) => Component::Insert(text.clone()),
        operational_transform::Operation::Delete(count) => Component::Delete(*count),
    });
    components.collect()
}

#[test]
fn the_crate_operational_transform_agrees() {
    let mut source = Source(ChaCha8Rng::seed_from_u64(8));
    for case in 0..setting("OT_TRIPLES", 2000) {
        let astral = case % 2 == 1;
        let text = source.text(20, astral);
        let (a, their_a) = source.operation(length(&text), astral);
        let (b, their_b) = source.operation(length(&text), astral);
        let (c, their_c) = source.operation(a.target_length(), astral);
        let context = format!(
            "case {case}: {} {} {} on {text:?}",
            json!(a),
            json!(b),
            json!(c)
        );

        assert_eq!(a.components(), ours(&their_a), "{context}");
        let after_a = a.apply(&text).expect("it fits");
        assert_eq!(
            Some(&after_a),
            their_a.apply(&text).ok().as_ref(),
            "{context}"
        );
        let (a_after, b_after) = transform(&a, &b).expect("they are concurrent");
        let (their_a_after, their_b_after) = their_a.transform(&their_b).expect("as ours are");
        assert_eq!(a_after.components(), ours(&their_a_after), "{context}");
        assert_eq!(b_after.components(), ours(&their_b_after), "{context}");
        let both = compose(&a, &c).expect("they are consecutive");
        let their_both = their_a.compose(&their_c).expect("as ours are");
        assert_eq!(both.components(), ours(&their_both), "{context}");
        let inverse = a.invert(&text).expect("it fits");
        assert_eq!(
            inverse.components(),
            ours(&their_a.invert(&text)),
            "{context}"
        );
        let converged = b_after.apply(&after_a).expect("it fits");
        assert_eq!(
            Some(converged),
            their_b_after.apply(&after_a).ok(),
            "{context}"
        );
    }
}

#[test]
fn ot_js_agrees() {
    let Some(mut node) = tools::node_script("ot", "agreement.mjs", &["ot"]) else {
        return;
    };
    let cases = setting("OT_TRIPLES", 2000);
    let mut node = node
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node was found a moment ago");
    let mut input = node.stdin.take().expect("it is piped");
    let mut source = Source(ChaCha8Rng::seed_from_u64(80));
    for case in 0..cases {
        let astral = case % 2 == 1;
        let text = source.text(20, astral);
        let (a, _) = source.operation(length(&text), astral);
        let (b, _) = source.operation(length(&text), astral);
        let (c, _) = source.operation(a.target_length(), astral);
        let case = json!({
            "text": text,
            "applied": a.apply(&text).expect("it fits"),
            "a": a,
            "b": b,
            "c": c,
            "transformed": transform(&a, &b).expect("they are concurrent"),
            "composed": compose(&a, &c).expect("they are consecutive"),
            "inverted": a.invert(&text).expect("it fits"),
        });
        if writeln!(input, "{case}").is_err() {
            break; // it has found a difference, and says which
        }
    }
    drop(input);
    let output = node.wait_with_output().expect("it runs");
    assert!(output.status.success(), "ot.js gives something else");
    let compared = String::from_utf8_lossy(&output.stdout);
    assert_eq!(compared.trim(), cases.to_string());
}

#[test]
fn a_public_fuzzer_finds_nothing() {
    let Some(mut node) = tools::node_script("ot", "fuzz.mjs", &["ot-fuzzer"]) else {
        return;
    };
    let mut program = Command::new(env!("CARGO_BIN_EXE_ot-solution-lines"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built");
    // The fuzzer goes on from a crash that is written there, and removes the file in the end.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzzer");
    fs::create_dir_all(&folder).expect("a folder of the target's own");
    fs::write(folder.join("fuzzercrash.data"), "").expect("the folder is there");
    // Each one's output is the other's input.
    let (input, output) = (program.stdin.take(), program.stdout.take());
    let output = node
        .current_dir(&folder)
        .env("STEPS", setting("OT_FUZZ_STEPS", 200).to_string())
        .stdin(Stdio::from(output.expect("it is piped")))
        .stdout(Stdio::from(input.expect("it is piped")))
        .output()
        .expect("node was found a moment ago");
    // Nobody is left to ask it anything.
    drop(node);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let ended = program.wait().expect("it runs");
    assert!(ended.success(), "it ended with {ended}");
    let requests = said.lines().last().and_then(|line| line.split(' ').next());
    let requests: usize = requests.and_then(|n| n.parse().ok()).expect("a count");
    assert!(
        requests > 1000,
        "the fuzzer has hardly asked anything: {said}"
    );
}
