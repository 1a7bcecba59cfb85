//! Settings from the environment.

use std::env::{self, VarError};
use std::io;
use std::str::FromStr;

/// The number in an environment variable, or `default` if it is not set.
///
/// # Errors
/// When it is set to something else than a number of this type.
pub fn setting<T: FromStr>(name: &str, default: T) -> io::Result<T> {
    number(name, env::var(name), default)
}

/// The text in an environment variable that has no default: a secret that everyone can read in the
/// source would be none.
///
/// # Errors
/// When it is not set, or empty.
pub fn secret(name: &str) -> io::Result<String> {
    text(name, env::var(name))
}

fn number<T: FromStr>(name: &str, value: Result<String, VarError>, default: T) -> io::Result<T> {
    let value = match value {
        Ok(value) => value,
        Err(VarError::NotPresent) => return Ok(default),
        Err(VarError::NotUnicode(value)) => value.to_string_lossy().into_owned(),
    };
    value
        .parse()
        .map_err(|_| io::Error::other(format!("{name}={value:?} is not a number in its range")))
}

fn text(name: &str, value: Result<String, VarError>) -> io::Result<String> {
    value.ok().filter(|value| !value.is_empty()).ok_or_else(|| {
        io::Error::other(format!("{name} is not set; set it to a long random string"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(value: &str) -> Result<String, VarError> {
        Ok(value.to_owned())
    }

    #[test]
    fn a_number_that_is_not_set_has_its_default() {
        let number = number("LIMIT", Err(VarError::NotPresent), 50);
        assert_eq!(number.ok(), Some(50));
    }

    #[test]
    fn a_number_that_is_set_counts() {
        assert_eq!(number("LIMIT", set("7"), 50).ok(), Some(7));
    }

    #[test]
    fn what_is_no_number_in_its_range_is_told_with_its_name() {
        for wrong in ["", "seven", "-1", "65536", " 7"] {
            let error = number::<u16>("PORT", set(wrong), 3001).expect_err(wrong);
            let expected = format!("PORT={wrong:?} is not a number in its range");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_secret_has_no_default() {
        assert_eq!(
            text("SECRET", set("s3cret")).ok().as_deref(),
            Some("s3cret")
        );
        for missing in [Err(VarError::NotPresent), set("")] {
            let error = text("SECRET", missing).expect_err("there is no secret");
            assert_eq!(
                error.to_string(),
                "SECRET is not set; set it to a long random string"
            );
        }
    }
}
