//! The word that was probably meant.

/// The candidate closest to `word`, if any is close enough to be a slip of the keyboard.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().count();
    // Any two words of one or two letters are near each other.
    let allowed = if length < 3 { 0 } else { (length / 3).min(3) };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(
                &word.to_ascii_lowercase(),
                &candidate.to_ascii_lowercase(),
            );
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The words in backticks: "`a`, `b` and `c`".
pub(super) fn listing<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{listing, nearest};

    #[test]
    fn a_slip_finds_the_word_and_another_word_does_not() {
        let words = ["points", "needs", "stub", "read"];
        assert_eq!(nearest("point", words), Some("points"));
        assert_eq!(nearest("Ponits", words), Some("points"));
        assert_eq!(nearest("sutb", words), Some("stub"));
        assert_eq!(nearest("colour", words), None);
        assert_eq!(nearest("read", words), None, "the word itself is no help");
    }

    #[test]
    fn a_listing_reads_as_english() {
        assert_eq!(listing([]), "");
        assert_eq!(listing(["a"]), "`a`");
        assert_eq!(listing(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
