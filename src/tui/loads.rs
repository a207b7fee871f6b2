//! Which questions to the store wait while others are answered: the newest is asked first.

use crate::app::Effect;

/// Answered at once: more would only queue for a connection.
const SIDE_BY_SIDE: usize = 4;
/// The screen still wants far fewer; what is older was typed over long ago.
const MOST_WAITING: usize = 64;

#[derive(Debug, Default)]
pub struct Loads {
    running: usize,
    /// Oldest first.
    waiting: Vec<Effect>,
}

impl Loads {
    /// Takes in questions that were asked together, the most urgent first.
    pub fn ask(&mut self, questions: Vec<Effect>) {
        for question in questions.into_iter().rev() {
            self.waiting.retain(|older| *older != question);
            self.waiting.push(question);
        }
        let superseded = self.waiting.len().saturating_sub(MOST_WAITING);
        self.waiting.drain(..superseded);
    }

    /// Leaves out what waits in vain.
    pub fn drop_if(&mut self, outdated: impl Fn(&Effect) -> bool) {
        self.waiting.retain(|waiting| !outdated(waiting));
    }

    /// Whether a question would have to wait.
    pub fn is_full(&self) -> bool {
        self.running >= SIDE_BY_SIDE
    }

    /// The next question to be asked now. Each is to be [`ended`](Self::ended) once.
    pub fn start(&mut self) -> Option<Effect> {
        let question = self.waiting.pop_if(|_| self.running < SIDE_BY_SIDE)?;
        self.running += 1;
        Some(question)
    }

    pub fn ended(&mut self) {
        self.running -= 1;
    }

    pub fn waiting(&self) -> &[Effect] {
        &self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(limit: u32) -> Effect {
        Effect::LoadRuns { limit }
    }

    fn start_all(loads: &mut Loads) -> Vec<Effect> {
        std::iter::from_fn(|| loads.start()).collect()
    }

    #[test]
    fn of_one_batch_the_first_is_asked_first_and_a_later_batch_goes_before() {
        let mut loads = Loads::default();
        loads.ask((1..=6).map(question).collect());
        assert_eq!(start_all(&mut loads), [1, 2, 3, 4].map(question));
        loads.ask(vec![question(7), question(8)]);
        for _ in 0..3 {
            loads.ended();
        }
        assert_eq!(start_all(&mut loads), [7, 8, 5].map(question));
        assert_eq!(loads.waiting(), [question(6)]);
    }

    #[test]
    fn a_question_asked_twice_waits_once_and_in_its_newer_place() {
        let mut loads = Loads::default();
        loads.ask((0..4).map(question).collect());
        start_all(&mut loads);
        loads.ask(vec![question(10), question(11)]);
        loads.ask(vec![question(11)]);
        assert_eq!(loads.waiting(), [10, 11].map(question));
    }

    #[test]
    fn however_fast_keys_come_the_newest_question_is_not_kept_waiting() {
        let mut loads = Loads::default();
        for limit in 0..10_000 {
            loads.ask(vec![question(limit)]);
            loads.start();
        }
        assert!(loads.waiting().len() <= MOST_WAITING);
        loads.ended();
        assert_eq!(loads.start(), Some(question(9_999)));
    }
}
