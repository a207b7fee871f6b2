//! What rows tell together: transfers, series, repeats, oddities. Found by rule, never the bank's word.

mod ahead;
mod business;
mod cadence;
mod chain;
mod duplicates;
mod fact;
mod matching;
mod recurring;
mod schedule;
mod series;
mod transfers;
mod unusual;

pub use ahead::{Due, LookAhead, look_ahead, upcoming};
pub use cadence::Cadence;
pub use duplicates::{Duplicate, find_duplicates};
pub use fact::{Confidence, Fact, Own};
pub use recurring::find_series;
pub use series::{Price, Series, SeriesState, Sum};
pub use transfers::{Parted, TransferPair, explain_pair, find_transfers};
pub use unusual::{Finding, FindingKind, find_unusual};
