//! The number that all random values of a run come from.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::str::FromStr;

use thiserror::Error;

/// The number that all random values of a run come from. Written as hexadecimal: `7f3a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(u32);

impl Seed {
    /// One of 65,536, chosen by the system's randomness: short enough to be typed.
    pub fn random() -> Self {
        // The standard library keys its hasher with randomness of the system's.
        let random = RandomState::new().build_hasher().finish();
        Self(random as u32 & 0xffff)
    }

    /// As a number, for generators that take one.
    pub fn number(self) -> u32 {
        self.0
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl From<u32> for Seed {
    fn from(seed: u32) -> Self {
        Self(seed)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.0)
    }
}

/// What was given is no [`Seed`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a seed: write the one to eight hexadecimal digits that a report shows, `7f3a` say"
)]
pub struct ParseSeedError(String);

impl FromStr for Seed {
    type Err = ParseSeedError;

    fn from_str(seed: &str) -> Result<Self, Self::Err> {
        let is_hex = seed.bytes().all(|digit| digit.is_ascii_hexdigit());
        u32::from_str_radix(seed, 16)
            .ok()
            .filter(|_| is_hex)
            .map(Self)
            .ok_or_else(|| ParseSeedError(seed.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_is_written_as_it_is_read() {
        let seed: Seed = "7f3a".parse().unwrap();
        assert_eq!(seed, Seed::from(0x7f3a));
        assert_eq!(seed.to_string(), "7f3a");
        assert_eq!(Seed::from(0xa).to_string(), "000a");
        assert_eq!("A".parse(), Ok(Seed::from(0xa)));
        for _ in 0..100 {
            let random = Seed::random();
            assert_eq!(random.to_string().parse(), Ok(random));
            assert_eq!(random.to_string().len(), 4);
        }
    }

    #[test]
    fn what_is_no_seed_is_refused_with_an_example() {
        for wrong in ["", "xyz", "+7f", "-1", "0x7f", "123456789", " 7f3a"] {
            let error = wrong.parse::<Seed>().unwrap_err().to_string();
            assert!(
                error.contains(&format!("`{wrong}`")) && error.contains("`7f3a`"),
                "{error}"
            );
        }
    }

    #[test]
    fn system_seeds_differ() {
        let seeds: BTreeSet<_> = (0..64).map(|_| Seed::random().to_string()).collect();
        assert!(seeds.len() > 32, "{seeds:?}");
    }
}
