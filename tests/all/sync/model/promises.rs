//! What must hold: after every step, after a sync in which nothing failed, and in the end.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use passbook::demo::{Bank, TruthRow};
use passbook::domain::fold::fold;
use passbook::domain::query::{Check, Clause, Filter};
use passbook::domain::{
    AccountId, Life, Status, StoredTransaction, SyncReport, TransactionKey, TransactionQuery,
};

use super::Case;

/// A sync looks again at so many days below the newest posted row.
const WINDOW: u64 = 14;

pub(super) fn openings(bank: &Bank) -> BTreeMap<AccountId, i64> {
    let opening = |id: &AccountId| minor(&bank.balance(id).ledger) - posted(&bank.truth(id));
    bank.account_ids().into_iter().map(|id| (id.clone(), opening(&id))).collect()
}

pub(super) fn listed(bank: &Bank) -> BTreeMap<AccountId, BTreeSet<String>> {
    let ids = |id: &AccountId| bank.truth(id).into_iter().map(|row| row.id.to_string()).collect();
    bank.account_ids().into_iter().map(|id| (id.clone(), ids(&id))).collect()
}

fn posted(rows: &[TruthRow]) -> i64 {
    rows.iter().filter(|row| row.status == Status::Posted).map(|row| minor(&row.amount)).sum()
}

/// The bank's own text, two decimals.
fn minor(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

impl Case {
    pub(super) async fn all_rows(&self) -> Vec<StoredTransaction> {
        let mut rows = Vec::new();
        for account in self.world.store().load_accounts().await.unwrap() {
            rows.extend(self.world.stored(&account.id, true).await);
        }
        rows
    }

    /// What must hold whatever happened.
    pub(super) async fn check(&mut self) {
        let rows: BTreeMap<TransactionKey, StoredTransaction> =
            self.all_rows().await.into_iter().map(|row| (row.key(), row)).collect();
        self.assert_nothing_is_lost(&rows).await;
        self.assert_pairs_are_one_to_one(&rows).await;
        self.assert_words_are_kept(&rows).await;
        self.assert_snapshots_only_grow().await;
        self.assert_whole_histories_are_whole(&rows).await;
        self.assert_searches_miss_nothing(&rows).await;
        self.seen = rows;
    }

    /// Rows stay, posted stays posted, and a fact that changed left its old value.
    async fn assert_nothing_is_lost(&self, rows: &BTreeMap<TransactionKey, StoredTransaction>) {
        let mut due = Vec::new();
        for (key, before) in &self.seen {
            let Some(row) = rows.get(key) else { panic!("{key:?} was lost\n{:#?}", self.log) };
            let (old, new) = (&before.transaction, &row.transaction);
            let slipped = old.status == Status::Posted && new.status != Status::Posted;
            assert!(!slipped, "{key:?} is pending again\n{:#?}", self.log);
            let facts = [
                ("status", old.status.to_string(), new.status.to_string()),
                ("date", old.date.to_string(), new.date.to_string()),
                ("amount", old.amount.to_string(), new.amount.to_string()),
                ("description", old.description.clone(), new.description.clone()),
            ];
            let changed = facts.into_iter().filter(|(_, old, new)| old != new);
            due.extend(
                changed
                    .map(|(field, old, _)| format!("{}|{}|{field}|{old}", key.account_id, key.id)),
            );
        }
        if due.is_empty() {
            return;
        }
        let told = "select account_id || '|' || transaction_id || '|' || field || '|' || old_value
            from pb_transaction_changes where old_value is not null";
        let told: HashSet<String> = self.world.test.at.ask(told).await.into_iter().collect();
        for change in due {
            assert!(told.contains(&change), "{change} was overwritten\n{:#?}", self.log);
        }
    }

    async fn assert_pairs_are_one_to_one(
        &self,
        rows: &BTreeMap<TransactionKey, StoredTransaction>,
    ) {
        let mut successors = HashSet::new();
        for row in rows.values() {
            assert_eq!(row.life == Life::Replaced, row.replaced_by.is_some(), "{row:?}");
            let Some(next) = row.replaced_by.clone() else { continue };
            let next = TransactionKey { account_id: row.key().account_id, id: next };
            assert!(rows.contains_key(&next), "{next:?} is nowhere\n{:#?}", self.log);
            let once = successors.insert(next.clone());
            assert!(once, "two rows became {next:?}\n{:#?}", self.log);
        }
        let twice = "select posted_id from pb_links where not parted
            group by account_id, posted_id having count(*) > 1";
        let twice = self.world.test.at.ask(twice).await;
        assert_eq!(twice, Vec::<String>::new(), "linked twice\n{:#?}", self.log);
    }

    /// Whoever wrote since the words were read into memory, and however long ago that was.
    async fn assert_searches_miss_nothing(
        &self,
        rows: &BTreeMap<TransactionKey, StoredTransaction>,
    ) {
        let turn = self.log.len();
        if turn.is_multiple_of(4) {
            self.world.store().prepare_search(0).await.unwrap();
        }
        let live: Vec<_> = rows.values().filter(|row| row.life == Life::Live).collect();
        let Some(one) = live.get(turn * 31 % live.len().max(1)) else { return };
        let text = &one.transaction.description;
        let check = Check::Text(text.clone(), fold(text));
        let clauses = vec![Clause { negated: false, check }];
        let filter = Arc::new(Filter { clauses, ..Filter::default() });
        let most = u32::try_from(live.len()).unwrap();
        let query = TransactionQuery { filter, ..TransactionQuery::newest(None, most) };
        let found = self.world.store().load_transactions(&query).await.unwrap().rows;
        let found: HashSet<_> = found.iter().map(StoredTransaction::key).collect();
        for row in live.iter().filter(|row| row.transaction.description == *text) {
            assert!(found.contains(&row.key()), "{text} misses {:?}\n{:#?}", row.key(), self.log);
        }
    }

    /// None goes or changes, and one follows another only with news or on another day.
    async fn assert_snapshots_only_grow(&mut self) {
        let mut snapshots: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
        let mut last = BTreeMap::new();
        let newest_first = self.world.store().load_snapshots(None, None).await.unwrap();
        for snapshot in newest_first.into_iter().rev() {
            let told = snapshots.entry(snapshot.account_id.clone()).or_default();
            told.push(format!("{} {:?}", snapshot.observed_at, snapshot.balance));
            let day = snapshot.observed_at.date_naive();
            let measured = (day, snapshot.balance);
            let before = last.insert(snapshot.account_id, measured);
            assert_ne!(before, Some(measured), "a snapshot repeats\n{:#?}", self.log);
        }
        for (account, before) in &self.snapshots {
            let now = snapshots.get(account).is_some_and(|now| now.starts_with(before));
            assert!(now, "the balances of {account} changed\n{:#?}", self.log);
        }
        self.snapshots = snapshots;
    }

    /// A back-fill that says it is through has left nothing out.
    async fn assert_whole_histories_are_whole(
        &mut self,
        rows: &BTreeMap<TransactionKey, StoredTransaction>,
    ) {
        let done = "select account_id from pb_sync_state where done";
        let done: BTreeSet<String> = self.world.test.at.ask(done).await.into_iter().collect();
        for account in self.world.bank.account_ids() {
            if !done.contains(account.as_str()) || self.done.contains(account.as_str()) {
                continue;
            }
            let aside = self.kept_aside(&account).await;
            for row in self.world.bank.truth(&account) {
                if self.from_the_start[&account].contains(row.id.as_str()) {
                    let unreadable = aside.contains(row.id.as_str());
                    let key = TransactionKey { account_id: account.clone(), id: row.id };
                    let there = unreadable || rows.contains_key(&key);
                    assert!(there, "{key:?} was never read\n{:#?}", self.log);
                }
            }
        }
        self.done = done;
    }

    /// Posted rows that no walk has missed yet, of lists that are not doubted.
    pub(super) async fn firm(&self) -> BTreeSet<String> {
        let firm = "select account_id || ' ' || id from pb_transactions
            where life = 'live' and status = 'posted' and strikes = 0 and account_id not in (
                select account_id from pb_sync_state where suspect_since is not null)";
        self.world.test.at.ask(firm).await.into_iter().collect()
    }

    /// One sync alone withdraws no posted row.
    pub(super) async fn assert_still_live(&self, firm: &BTreeSet<String>) {
        for row in self.all_rows().await.iter().filter(|row| row.life == Life::Gone) {
            let name = format!("{} {}", row.transaction.account_id, row.transaction.id);
            assert!(!firm.contains(&name), "{name} was given up at once\n{:#?}", self.log);
        }
    }

    /// In the window every row stands as the bank lists it, and no pending row stands beside them.
    pub(super) async fn assert_window_agrees(&self, account: &AccountId) {
        let rows = self.world.stored(account, true).await;
        let newest = rows.iter().filter(|row| row.transaction.status == Status::Posted);
        let Some(newest) = newest.map(|row| row.transaction.date).max() else { return };
        self.assert_agrees_since(account, newest - Days::new(WINDOW)).await;
    }

    /// From this day on.
    async fn assert_agrees_since(&self, account: &AccountId, since: NaiveDate) {
        let rows = self.world.stored(account, true).await;
        let card = self.world.is_card(account).await;
        let live: BTreeMap<&str, &StoredTransaction> = rows
            .iter()
            .filter(|row| row.life == Life::Live)
            .map(|row| (row.transaction.id.as_str(), row))
            .collect();
        let mut listed = BTreeSet::new();
        for row in self.world.bank.truth(account).into_iter().filter(|row| row.date >= since) {
            let Some(stored) = live.get(row.id.as_str()) else {
                panic!("{} is missing from {account}\n{:#?}", row.id, self.log)
            };
            let stored = &stored.transaction;
            let amount = if card { -minor(&row.amount) } else { minor(&row.amount) };
            let told = (row.date, amount, &row.status, &row.description);
            let kept = (stored.date, stored.amount.minor, &stored.status, &stored.description);
            assert_eq!(kept, told, "{} of {account}\n{:#?}", row.id, self.log);
            listed.insert(row.id.to_string());
        }
        for row in live.values().map(|row| &row.transaction).filter(|row| row.date >= since) {
            let known = row.status == Status::Posted || listed.contains(row.id.as_str());
            assert!(known, "{} is not pending any more\n{:#?}", row.id, self.log);
        }
    }

    /// Ids of the account's rows that could not be read.
    async fn kept_aside(&self, account: &AccountId) -> HashSet<String> {
        let aside = format!(
            "select transaction_id from pb_quarantine where account_id = '{account}' and resolved_at is null"
        );
        self.world.test.at.ask(aside).await.into_iter().collect()
    }

    /// Digests of what the account has that cannot be read.
    pub(super) async fn bodies_aside(&self, account: &AccountId) -> BTreeSet<String> {
        let aside = format!(
            "select digest from pb_quarantine
            where account_id = '{account}' and resolved_at is null"
        );
        self.world.test.at.ask(aside).await.into_iter().collect()
    }

    /// Every row of the bank's is there as the bank has it, however old.
    pub(super) async fn assert_nothing_is_missing(&self) {
        for account in self.world.bank.account_ids() {
            self.assert_agrees_since(&account, NaiveDate::MIN).await;
        }
    }

    /// What the window lists is stored, but for rows that are kept aside.
    pub(super) async fn assert_rest_is_kept(&self, account: &AccountId) {
        let mut there = self.kept_aside(account).await;
        let rows = self.world.stored(account, true).await;
        there.extend(rows.iter().map(|row| row.transaction.id.to_string()));
        let truth = self.world.bank.truth(account);
        let Some(newest) = truth.iter().map(|row| row.date).max() else { return };
        for row in truth.iter().filter(|row| row.date + Days::new(3) >= newest) {
            assert!(there.contains(row.id.as_str()), "{} is lost\n{:#?}", row.id, self.log);
        }
    }

    /// The work is bounded by the rows there are, and no cursor serves twice but to prove the end.
    pub(super) fn assert_requests_are_few(&self, report: &SyncReport) {
        for account in self.world.bank.account_ids() {
            let path = format!("/accounts/{account}/transactions");
            let requests = self.world.bank.requests();
            let requests: Vec<_> = requests.iter().filter(|r| r.path == path).collect();
            let rows = self.world.bank.truth(&account);
            let mut days: BTreeMap<_, usize> = BTreeMap::new();
            for row in &rows {
                *days.entry(row.date).or_default() += 1;
            }
            let pending = rows.iter().filter(|row| row.status == Status::Pending).count();
            let page = self.cap.unwrap_or(500);
            let busiest = days.into_values().max().unwrap_or_default();
            let walk = rows.len() / page + busiest / page + pending + 8;
            // Where ids were issued anew, the whole list is read after the window.
            let told = report.run.results.iter().find(|result| result.account_id == account);
            let paired = told.is_some_and(|result| result.paired > 0);
            let bound = walk * (1 + usize::from(paired));
            let count = requests.len();
            assert!(count <= bound, "{count} > {bound} for {account}\n{:#?}", self.log);
            let (mut used, mut again) = (HashSet::new(), 0);
            for request in requests.iter().filter(|r| r.parameter("start_date").is_none()) {
                match request.parameter("from_id") {
                    None => (used, again) = (HashSet::new(), 0),
                    Some(id) => again += usize::from(!used.insert(id.to_owned())),
                }
                assert!(again <= 1, "{account}: a cursor used again\n{:#?}", self.log);
            }
        }
    }

    /// Facts, links, words and balances, for comparison.
    pub(super) async fn everything(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.all_rows().await.iter().map(|row| format!("{row:?}")).collect();
        for sql in [
            "select account_id || pending_id || posted_id || made_by from pb_links order by 1",
            "select account_id || transaction_id || coalesce(note, '') || coalesce(category, '')
                || coalesce(name, '') from pb_annotations order by 1",
            "select account_id || transaction_id || tag from pb_tags order by 1",
            "select id from pb_transaction_changes order by 1",
        ] {
            all.extend(self.world.test.at.ask(sql).await);
        }
        all.extend(self.snapshots.values().flatten().cloned());
        all
    }

    /// Posted rows below all that the bank still lists: they may have aged out of its list, and stay.
    async fn aged_out(&self, account: &AccountId) -> Vec<StoredTransaction> {
        let truth = self.world.bank.truth(account);
        let last =
            truth.iter().filter(|row| row.status == Status::Posted).map(|row| row.date).min();
        let Some(last) = last else { return Vec::new() };
        let listed: BTreeSet<&str> = truth.iter().map(|row| row.id.as_str()).collect();
        let mut rows = self.world.stored(account, false).await;
        rows.retain(|row| {
            let row = &row.transaction;
            row.status == Status::Posted && row.date <= last && !listed.contains(row.id.as_str())
        });
        rows
    }

    /// The live rows are the bank's, but for those that have aged out of its list.
    pub(super) async fn assert_all_agrees(&self) {
        for account in self.world.bank.account_ids() {
            self.assert_agrees_since(&account, NaiveDate::MIN).await;
            let aged: HashSet<TransactionKey> =
                self.aged_out(&account).await.iter().map(StoredTransaction::key).collect();
            let live = self.world.stored(&account, false).await;
            let live = live.iter().filter(|row| !aged.contains(&row.key())).count();
            let listed = self.world.bank.truth(&account).len();
            assert_eq!(live, listed, "{account}\n{:#?}", self.log);
        }
    }

    /// Opening and posted rows make the ledger.
    pub(super) async fn assert_money_is_right(&self) {
        for (account, opening) in &self.openings {
            let sign = if self.world.is_card(account).await { -1 } else { 1 };
            let ledger = minor(&self.world.bank.balance(account).ledger);
            let sum = self.world.store().load_posted_sum(account).await.unwrap();
            let aged: i64 =
                self.aged_out(account).await.iter().map(|row| row.transaction.amount.minor).sum();
            let sum = sum - aged;
            assert_eq!(sign * ledger, sign * opening + sum, "{account}\n{:#?}", self.log);
        }
    }
}
