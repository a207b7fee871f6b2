//! Chance that is the same on every machine and in every release.

/// splitmix64. `rand` may change the stream of its `StdRng` with any release, and with it every id
/// and amount that a test or a picture was made with.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// An own stream per topic and number: a new kind of event never reshuffles the others.
    pub fn of(seed: u64, topic: &str, number: i64) -> Self {
        let mut random = Self(seed);
        for byte in topic.bytes() {
            random.0 = random.next() ^ u64::from(byte);
        }
        random.0 = random.next() ^ number.cast_unsigned();
        // One step more, or neighbouring numbers would give neighbouring states.
        Self(random.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = (high - low + 1).cast_unsigned();
        low + (self.next() % span).cast_signed()
    }

    /// As [`Random::between`], small values likelier: what people spend.
    pub fn skewed(&mut self, low: i64, high: i64) -> i64 {
        self.between(low, high).min(self.between(low, high))
    }

    pub fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let last = i64::try_from(items.len()).expect("a short list") - 1;
        &items[usize::try_from(self.between(0, last)).expect("an index")]
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let last = i64::try_from(end).expect("a page of rows");
            items.swap(end, usize::try_from(self.between(0, last)).expect("an index"));
        }
    }

    /// Lower-case letters and digits, at most 24: Teller's ids have 21 after their prefix.
    pub fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut pool = u128::from(self.next()) << 64 | u128::from(self.next());
        let mut word = String::with_capacity(length);
        for _ in 0..length {
            word.push(char::from(LETTERS[usize::try_from(pool % 36).expect("below 36")]));
            pool /= 36;
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // First values of splitmix64 seeded with 1234567, from the reference implementation.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn topics_and_numbers_have_streams_of_their_own() {
        let first = |topic, number| Random::of(7, topic, number).next();
        assert_eq!(first("fuel", 3), first("fuel", 3));
        assert_ne!(first("fuel", 3), first("fuel", 4));
        assert_ne!(first("fuel", 3), first("food", 3));
    }

    #[test]
    fn draws_stay_within_their_ends_and_reach_them() {
        let mut random = Random::of(1, "ends", 0);
        let draws: Vec<i64> = (0..1000).map(|_| random.between(-2, 2)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&-2), Some(&2)));
        assert!((0..1000).all(|_| (5..=9).contains(&random.skewed(5, 9))));
        assert_eq!(random.word(21).len(), 21);
    }
}
