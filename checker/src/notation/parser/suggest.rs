//! The nearest valid word.

use strsim::damerau_levenshtein;

/// The candidates that the word was most likely meant to be, all equally near: a third of the letters may be wrong,
/// and one always. Of a candidate of several words, `exactly once` say, the first counts.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut nearest = Vec::new();
    let mut least = usize::MAX;
    for candidate in candidates {
        let first = candidate
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let mistakes = damerau_levenshtein(&word, &first);
        let length = first.chars().count().max(word.chars().count());
        if mistakes > (length / 3).max(1) || mistakes >= length {
            continue;
        }
        // Of two with as many mistakes, the one with the same letters is nearer.
        let distance = mistakes * 2 + usize::from(sorted(&word) != sorted(&first));
        if distance < least {
            least = distance;
            nearest.clear();
        }
        if distance == least {
            nearest.push(*candidate);
        }
    }
    nearest
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<_> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// The first of the [`nearest`].
pub(crate) fn one_nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    nearest(word, candidates).first().copied()
}

/// Whether the word was most likely meant to be this one.
pub(crate) fn is_near(word: &str, candidate: &str) -> bool {
    !nearest(word, &[candidate]).is_empty()
}

/// "`a`, `b` or `c`".
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => format!("`{word}`"),
        [head @ .., last] => {
            let head: Vec<_> = head.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", head.join(", "))
        }
    }
}
