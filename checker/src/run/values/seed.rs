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
