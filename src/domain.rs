//! The words of the trade: pure values, no I/O, no clock, no async.

pub mod account;
mod ailment;
pub mod announcement;
pub mod balance;
pub mod category;
pub mod check;
pub mod edit;
pub mod explanation;
pub mod fold;
pub mod group;
pub mod hand;
pub mod history;
pub mod insight;
pub mod keeping;
pub mod linking;
mod loopback;
pub mod money;
mod order;
pub mod outgoing;
pub mod overview;
pub mod query;
pub mod replica;
pub mod rule;
pub mod safe_text;
pub mod said;
mod sealed;
mod search;
pub mod shown;
mod size;
pub mod sort;
mod standing;
pub mod summary;
pub mod survey;
pub mod sync;
pub mod transaction;
mod words;
pub mod zone;

pub use account::{
    Account, AccountId, AccountKind, AccountStatus, Balance, Enrollment, EnrollmentId,
    EnrollmentState, Institution, Snapshot, label,
};
pub use ailment::{Ailment, REFUSED, disconnected};
pub use announcement::{Announcement, News};
pub use category::{Categories, CategoryError, CategoryTree, Placing};
pub use check::{Check, Checked, Extent, Judgement};
pub use edit::{AccountField, Edit, Edited, Field, Target};
pub use explanation::{Explanation, FullBecause, Goal, SyncStep};
pub use fold::fold;
pub use group::{Group, GroupBy, GroupKey, GroupQuery, Groups};
pub use hand::{Hand, HandAccount, HandAccountId, HandKind, HandValue};
pub use history::{Day, DayKind, History};
pub use loopback::is_this_computer;
pub use money::{Currency, Money, ParseMoneyError};
pub use outgoing::{
    AccountSum, ExportFormat, Frame, OtherHalf, OutgoingAccount, OutgoingRow, ValuedAccount,
};
pub use overview::{AccountOverview, Flow, MonthTotals, Overview};
pub use replica::{Replica, Unfit};
pub use rule::{Rule, RuleDraft, RuleError, RuleId, RulePreview, Rules};
pub use safe_text::SafeText;
pub use said::{Annotation, BankWords, Said};
pub use sealed::Sealed;
pub use search::Search;
pub use shown::{Shown, search_words};
pub use size::{counted, size};
pub use sort::{Lead, Sort, SortKey};
pub use standing::Standing;
pub use summary::{Sum, Summary};
pub use survey::{Adopted, FoundByHand, Inside, OtherTable, Survey, SurveyZone};
pub use sync::{
    AccountResult, EnrollmentFailure, Former, Joined, Outcome, Pair, QuarantinedRow, RequestTry,
    Retried, Stage, SyncEvent, SyncReport, SyncRun,
};
pub use transaction::{
    Anchor, Change, Life, Position, Scope, Status, StoredTransaction, Transaction,
    TransactionDetail, TransactionId, TransactionKey, TransactionQuery, TransactionWindow,
};
pub use zone::Zone;
