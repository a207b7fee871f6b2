//! From amounts to places: a straight scale with round numbers beside it.

/// Amounts from the lowest to the highest mark, mapped to places from `from` to `to`.
#[derive(Clone, Debug)]
pub struct Scale {
    low: i64,
    high: i64,
    step: i64,
    from: i64,
    to: i64,
}

/// Marks that are about right on a chart.
const MARKS: i64 = 5;

impl Scale {
    /// Zero is always in it. `unit` is the smallest step between marks: a whole dollar.
    pub fn new((low, high): (i64, i64), unit: i64, (from, to): (i64, i64)) -> Self {
        let (low, high) = (low.min(0), high.max(0));
        let span = high.saturating_sub(low).max(unit);
        let step = round(span / MARKS, unit);
        let low = low.div_euclid(step).saturating_mul(step);
        let steps = high.saturating_sub(low).saturating_add(step - 1).div_euclid(step).max(1);
        Self { low, high: low.saturating_add(steps.saturating_mul(step)), step, from, to }
    }

    pub fn place(&self, amount: i64) -> i64 {
        let span = i128::from(self.high) - i128::from(self.low);
        let part = i128::from(amount.clamp(self.low, self.high)) - i128::from(self.low);
        let place = i128::from(self.from) + part * i128::from(self.to - self.from) / span.max(1);
        i64::try_from(place).unwrap_or(self.to)
    }

    pub fn marks(&self) -> impl Iterator<Item = i64> {
        let (low, high, step) = (self.low, self.high, self.step);
        std::iter::successors(Some(low), move |mark| mark.checked_add(step))
            .take_while(move |mark| *mark <= high)
    }
}

/// One, two or five of a power of ten, not below the span.
fn round(span: i64, unit: i64) -> i64 {
    let mut power = unit.max(1);
    loop {
        for times in [1, 2, 5] {
            let step = power.saturating_mul(times);
            if step >= span {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_round_and_reach_around_all_amounts() {
        let scale = Scale::new((-12_300, 46_200), 100, (400, 0));
        assert_eq!(scale.marks().collect::<Vec<_>>(), [-20_000, 0, 20_000, 40_000, 60_000]);
        assert_eq!((scale.place(-20_000), scale.place(60_000), scale.place(0)), (400, 0, 300));
    }

    proptest! {
        #[test]
        fn any_amount_has_its_place(low in any::<i64>(), high in any::<i64>(), at in any::<i64>()) {
            let scale = Scale::new((low / 4, high / 4), 100, (400, 0));
            prop_assert!((0..=400).contains(&scale.place(at)));
            prop_assert!(scale.marks().take(20).count() <= 12);
        }
    }
}
