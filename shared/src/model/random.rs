//! A seeded generator for tests: the same seed, the same run.

use crate::id::ActorId;

/// Xorshift: good enough to shake things, and small enough to read.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        (0..8).for_each(|_| {
            random.next();
        });
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    pub(crate) fn actor(&mut self) -> ActorId {
        ActorId(std::array::from_fn(|_| self.byte()))
    }

    pub(crate) fn word(&mut self) -> String {
        let len = 1 + self.below(12);
        (0..len)
            .map(|_| ['a', 'é', 'n', ' ', '🌿', 'k', '\n', 'o'][self.below(8)])
            .collect()
    }
}
