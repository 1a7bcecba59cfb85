//! Random values that read well in a transcript and are hard on careless code.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;

const CONSONANTS: &[u8] = b"bdfghjklmnprstvz";
const VOWELS: &[u8] = b"aeiou";
const FINALS: &[u8] = b"klmnrst";

/// Of two, three and four bytes a character, one and two UTF-16 units, and several characters to a glyph.
const FOREIGN: &[&str] = &[
    "café",
    "naïve",
    "schön",
    "ñandú",
    "Привет",
    "λόγος",
    "漢字",
    "日本語",
    "한국",
    "😀",
    "🦀",
    "👩‍🚀",
    "𝄞",
];

/// Below `end`, all equally likely; `end` is not zero.
pub(crate) fn below(rng: &mut ChaCha8Rng, end: u64) -> u64 {
    // What does not fill a whole range at the top would favour small numbers.
    let limit = u64::MAX - (u64::MAX % end + 1) % end;
    loop {
        let random = rng.next_u64();
        if random <= limit {
            return random % end;
        }
    }
}

pub(crate) fn pick<T: Copy>(rng: &mut ChaCha8Rng, from: &[T]) -> T {
    from[below(rng, from.len() as u64) as usize]
}

fn push_syllables(rng: &mut ChaCha8Rng, count: usize, out: &mut String) {
    for _ in 0..count {
        out.push(char::from(pick(rng, CONSONANTS)));
        out.push(char::from(pick(rng, VOWELS)));
    }
}

/// `sorimat`: seven letters.
pub(super) fn name(rng: &mut ChaCha8Rng) -> String {
    let mut name = String::new();
    push_syllables(rng, 3, &mut name);
    name.push(char::from(pick(rng, FINALS)));
    name
}

/// `petoluzani`: ten letters.
pub(super) fn word(rng: &mut ChaCha8Rng) -> String {
    let mut word = String::new();
    push_syllables(rng, 5, &mut word);
    word
}

/// `vimoka 漢字 letusu 😀`: always with characters beyond ASCII, so that whoever takes bytes for characters is found out.
pub(super) fn text(rng: &mut ChaCha8Rng) -> String {
    let mut text = String::new();
    for _ in 0..2 {
        if !text.is_empty() {
            text.push(' ');
        }
        push_syllables(rng, 3, &mut text);
        text.push(' ');
        text.push_str(pick(rng, FOREIGN));
    }
    text
}

/// The same at length: exactly `size` bytes, a space neither first nor last.
pub(super) fn text_of(rng: &mut ChaCha8Rng, size: usize) -> String {
    let mut text = String::with_capacity(size);
    loop {
        let next = self::text(rng);
        if text.len() + next.len() + 1 >= size {
            break;
        }
        text.push_str(&next);
        text.push(' ');
    }
    while text.len() < size {
        text.push(char::from(pick(rng, CONSONANTS)));
    }
    text
}

/// Both ends included; `None` when there is no such number.
pub(super) fn number(rng: &mut ChaCha8Rng, from: i64, to: i64) -> Option<i64> {
    if from > to {
        return None;
    }
    Some(match to.abs_diff(from).checked_add(1) {
        Some(count) => from.wrapping_add_unsigned(below(rng, count)),
        None => rng.next_u64().cast_signed(),
    })
}

pub(super) fn bytes(rng: &mut ChaCha8Rng, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    rng.fill_bytes(&mut bytes);
    bytes
}
