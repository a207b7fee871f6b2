//! The questions that the screen asks of the store, and the edits that it asks it to keep.

use chrono::NaiveDate;
use color_eyre::Report;

use crate::app::deed::How;
use crate::app::{Effect, Event, Load};
use crate::domain::insight::{Flows, InsightsQuery};
use crate::domain::{self, Anchor, Search, TransactionKey};
use crate::store::{PairError, Store, Trouble};
use crate::sync;

/// What the user can ask to have written.
pub enum Edit {
    MakePair { gone: TransactionKey, came: TransactionKey },
    PartPair(TransactionKey),
    RetryQuarantine,
    KeepSearch(Search),
    Say(domain::Edit),
    Undo,
    Redo,
}

/// The question in an effect, if it is one.
pub fn load_of(effect: &Effect) -> Option<Load> {
    Some(match effect {
        Effect::LoadOverview { .. } => Load::Overview,
        Effect::LoadTransactions(query) => Load::Transactions(query.clone()),
        Effect::CountTransactions(query) => Load::Count(query.clone()),
        Effect::LoadSummary(query) => Load::Summary(query.clone()),
        Effect::LoadGroups(query) => Load::Groups(query.clone()),
        Effect::LoadNames => Load::Names,
        Effect::LoadSearches => Load::Searches,
        Effect::LoadDetail(key) => Load::Detail(key.clone()),
        Effect::LoadPicked { query, .. } => Load::Picked(query.clone()),
        Effect::LoadRules => Load::Rules,
        Effect::LoadCategories => Load::Categories,
        Effect::CountRule(rule) => Load::RuleCount(rule.clone()),
        Effect::PreviewRule(rule) => Load::RulePreview(rule.clone()),
        Effect::LoadRuns { .. } => Load::Runs,
        Effect::LoadInsights(query) => Load::Insights(*query),
        Effect::LoadPatterns { .. } => Load::Patterns,
        Effect::LoadTwin { key, .. } => Load::Twin(key.clone()),
        Effect::LoadPairCandidates(key) => Load::PairCandidates(key.clone()),
        Effect::LoadQuarantine { .. } => Load::Quarantine,
        _ => return None,
    })
}

/// Whether the answer to the older question would come for a search that is no longer on the line.
pub fn is_typed_over(older: &Load, newer: &Effect) -> bool {
    if let (Load::Groups(older), Effect::LoadGroups(newer)) = (older, newer) {
        return older != newer;
    }
    let older = match older {
        // How many rows there are in all is told at once, and worth knowing whatever is typed.
        Load::Count(older) if older.filter.is_empty() => return false,
        Load::Transactions(older) | Load::Count(older) | Load::Summary(older) => older,
        _ => return false,
    };
    let Effect::LoadTransactions(newer) = newer else { return false };
    let other = older.filter != newer.filter || older.sort != newer.sort;
    older.account.is_none() && newer.account.is_none() && other
}

/// What the first picture can do without.
pub fn is_count(question: &Effect) -> bool {
    matches!(question, Effect::CountTransactions(_) | Effect::LoadPatterns { .. })
}

/// Writes what the user has asked for; says what came of it.
pub async fn edit(store: &Store, asked: Edit) -> Result<Option<Event>, PairError> {
    Ok(Some(match asked {
        Edit::MakePair { gone, came } => {
            store.make_pair(&gone, &came).await?;
            Event::PairMade { came }
        }
        Edit::PartPair(posted) => Event::PairParted { gone: store.part_pair(&posted).await? },
        Edit::KeepSearch(search) => {
            store.keep_search(&search).await?;
            Event::SearchesLoaded(store.load_searches().await?)
        }
        Edit::Say(edit) => Event::Edited { how: How::Made, edited: Some(store.edit(&edit).await?) },
        Edit::Undo => Event::Edited { how: How::Undone, edited: store.undo().await? },
        Edit::Redo => Event::Edited { how: How::Redone, edited: store.redo().await? },
        Edit::RetryQuarantine => Event::QuarantineRetried(sync::retry_quarantine(store).await?),
    }))
}

/// Asks the store one question. What fails is an answer, too.
pub async fn ask(store: Store, question: Effect, what: Load) -> Event {
    let answer = match question {
        Effect::LoadOverview { today, days } => store
            .load_overview(today, u32::try_from(days).unwrap_or(u32::MAX))
            .await
            .map(|overview| Event::OverviewLoaded(Box::new(overview))),
        Effect::LoadTransactions(query) => store
            .load_transactions(&query)
            .await
            .map(|window| Event::TransactionsLoaded { query, window }),
        Effect::CountTransactions(query) => {
            let count = match &query.anchor {
                Anchor::Newer(position) => store.count_newer(&query, position).await,
                _ => store.count_transactions(&query).await,
            };
            // The database counts in i64, and never below zero.
            count.map(|count| Event::CountLoaded { query, count: count.unsigned_abs() })
        }
        Effect::LoadSummary(query) => {
            store.load_summary(&query).await.map(|summary| Event::SummaryLoaded { query, summary })
        }
        Effect::LoadGroups(query) => {
            store.load_groups(&query).await.map(|groups| Event::GroupsLoaded { query, groups })
        }
        Effect::LoadNames => store.load_names().await.map(Event::NamesLoaded),
        Effect::LoadSearches => store.load_searches().await.map(Event::SearchesLoaded),
        Effect::LoadPicked { query, ends } => store
            .load_picked(&query, ends.as_ref())
            .await
            .map(|rows| Event::PickedLoaded { query, rows }),
        Effect::LoadRules => store.load_rules().await.map(Event::RulesLoaded),
        Effect::LoadCategories => store.load_categories().await.map(Event::CategoriesLoaded),
        Effect::PreviewRule(rule) => {
            let preview = store.preview_rule(&rule).await;
            preview.map(|preview| Event::RulePreviewed { rule, preview })
        }
        Effect::CountRule(rule) => {
            let counted = store.count_rule(&rule).await;
            counted.map(|rows| Event::RuleCounted { rule, rows })
        }
        Effect::LoadDetail(key) => store
            .load_detail(&key)
            .await
            .map(|detail| Event::DetailLoaded { key, detail: detail.map(Box::new) }),
        Effect::LoadInsights(query) => Box::pin(load_insights(&store, query)).await,
        Effect::LoadPatterns { today } => load_patterns(&store, today).await,
        Effect::LoadTwin { key, go } => store.load_twin(&key).await.map(|twin| {
            let twin = twin.map(|twin| (twin.key, twin.why));
            Event::TwinLoaded { key, twin, go }
        }),
        Effect::LoadRuns { limit } => store.load_runs(limit).await.map(Event::RunsLoaded),
        Effect::LoadPairCandidates(gone) => store
            .load_pair_candidates(&gone)
            .await
            .map(|rows| Event::PairCandidatesLoaded { gone, rows }),
        Effect::LoadQuarantine { limit } => {
            store.load_quarantine(limit).await.map(Event::QuarantineLoaded)
        }
        other => unreachable!("{other:?} asks the store nothing"),
    };
    answer.unwrap_or_else(|report| {
        tracing::warn!("{report:#}");
        Event::LoadFailed { what, message: notice(&report) }
    })
}

async fn load_insights(store: &Store, query: InsightsQuery) -> color_eyre::Result<Event> {
    let (overview, flows, spending, tree) = tokio::try_join!(
        store.load_overview(query.today, query.days),
        store.load_cash_flow(query.first, query.today),
        store.load_spending(query.month, query.by),
        store.load_category_tree(),
    )?;
    let overview = Box::new(overview);
    Ok(Event::InsightsLoaded { query, overview, flows: Flows { flows, spending, tree } })
}

/// Transfers first: what is half of one is no payment.
async fn load_patterns(store: &Store, today: NaiveDate) -> color_eyre::Result<Event> {
    if !store.is_read_only()
        && let Err(report) = store.refresh_transfers().await
    {
        tracing::warn!("{report:#}");
    }
    let patterns = store.load_patterns(today).await?;
    Ok(Event::PatternsLoaded(Box::new(patterns)))
}

/// The outermost context and the root cause: what lies between is for the log.
pub fn notice(report: &Report) -> String {
    if let Some(trouble) = Trouble::of(report) {
        return trouble.to_string();
    }
    let outermost = report.to_string();
    let cause = report.root_cause().to_string();
    if cause == outermost { outermost } else { format!("{outermost}: {cause}") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::query::{Names, parse};
    use crate::domain::{Scope, TransactionQuery};

    fn asked(text: &str) -> TransactionQuery {
        let filter = parse(text, "2026-11-22".parse().unwrap()).resolve(&Names::default());
        TransactionQuery { filter: Arc::new(filter), ..TransactionQuery::newest(None, 50) }
    }

    #[test]
    fn a_search_that_was_typed_over_is_cut_short_and_nothing_else_is() {
        let newer = Effect::LoadTransactions(asked("rowan"));
        let over = |older: Load| is_typed_over(&older, &newer);
        assert!(over(Load::Transactions(asked("rowa"))));
        assert!(over(Load::Summary(asked(""))));
        assert!(over(Load::Count(asked("rowa"))));
        assert!(!over(Load::Transactions(asked("rowan"))), "the same, from elsewhere on");
        assert!(!over(Load::Count(asked(""))));
        let of_account = TransactionQuery { account: Some("a".into()), ..asked("") };
        assert!(!over(Load::Transactions(of_account)), "another list");
        assert!(!over(Load::Overview));
        let gone = TransactionQuery { scope: Scope::Gone, ..asked("rowan") };
        assert!(!over(Load::Transactions(gone)));
    }
}
