//! A search finds in the database what reading every row in memory finds, on every engine.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use passbook::domain::fold::fold;
use passbook::domain::query::{Facts, Filter, Names, parse};
use passbook::domain::rule::book;
use passbook::domain::{
    Anchor, Annotation, Currency, Edit, Field, Group, GroupBy, GroupKey, GroupQuery, Groups, Rule,
    Scope, Search, Sort, SortKey, StoredTransaction, Summary, Target, TransactionKey,
    TransactionQuery,
};
use passbook::store::Store;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::support::{
    self, TestDatabase, TestStore,
    ledger::{self, Row, day},
};

const ACCOUNTS: [(&str, &str, &str, &str); 3] = [
    ("acc_0", "Everyday Checking", "4821", "USD"),
    ("acc_1", "Joint Checking", "6605", "USD"),
    ("acc_2", "Kyoto", "1177", "JPY"),
];
const TEXTS: [&str; 6] = [
    "Rowan Market #0221",
    "Café Zoë",
    "100% Wool_Shop",
    r"back\slash",
    "Łódź Straße",
    "ロワン市場",
];
const CATEGORIES: [&str; 4] = ["groceries", "dining", "food", "fuel"];
const MERCHANTS: [&str; 4] = ["Rowan Market", "ROWAN MARKET", "Café Zoë", "50%_off"];
const TAGS: [&str; 3] = ["shared", "trip to Rome", "50%"];

fn today() -> NaiveDate {
    day("2026-11-22")
}

/// A hundred and fifty rows that differ in all that a search can ask for.
async fn fill(at: &TestDatabase) {
    let mut random = StdRng::seed_from_u64(5);
    let mut rows = Vec::new();
    let mut sql = String::new();
    for number in 0..150_i64 {
        let (account, _, _, currency) = *ACCOUNTS.choose(&mut random).unwrap();
        let date = today() - Days::new(random.random_range(0..500));
        let mut row = Row::new(account, &format!("txn_{number:03}"), date);
        (row.seq, row.currency) = (number % 5, currency);
        row.amount = random.random_range(-9_000..9_000);
        row.status = if number % 9 == 0 { "pending" } else { "posted" };
        row.life = if number % 17 == 3 { "gone" } else { "live" };
        let text = *TEXTS.choose(&mut random).unwrap();
        row.counterparty = MERCHANTS.choose(&mut random).map(|name| (*name).to_owned());
        let note = (number % 7 == 0).then_some("for Sam");
        let words = [text].into_iter().chain(note).map(fold).collect::<Vec<_>>().join("\n");
        let tags: Vec<&str> = TAGS.into_iter().filter(|_| random.random_bool(0.2)).collect();
        let listed =
            if tags.is_empty() { "null".to_owned() } else { format!("'\n{}\n'", tags.join("\n")) };
        let category = CATEGORIES.choose(&mut random).filter(|_| number % 5 != 0);
        let category = category.map_or("null".to_owned(), |name| format!("'{name}'"));
        let seen =
            if number % 6 == 0 { "2026-11-22T09:50:00+00:00" } else { "2026-11-01T00:00:00+00:00" };
        let key = format!("account_id = '{account}' and id = '{}'", row.id);
        let (transfer, left_out) = (number % 8 == 1, number % 11 == 2);
        writeln!(
            sql,
            "update pb_transactions set words = '{words}', tags = {listed}, shown_category = {category},
                transfer = {transfer}, left_out = {left_out}, first_seen_at = '{seen}' where {key};"
        )
        .unwrap();
        for tag in tags {
            writeln!(
                sql,
                "insert into pb_tags (account_id, transaction_id, tag, edited_at)
                 values ('{account}', '{}', '{tag}', '{seen}');",
                row.id
            )
            .unwrap();
        }
        if note.is_some() || number % 10 == 4 {
            let note = note.map_or("null".to_owned(), |note| format!("'{note}'"));
            let name = if number % 10 == 4 { "'Own'" } else { "null" };
            writeln!(
                sql,
                "insert into pb_annotations (account_id, transaction_id, note, name, edited_at)
                 values ('{account}', '{}', {note}, {name}, '{seen}');",
                row.id
            )
            .unwrap();
        }
        if number % 12 == 5 {
            writeln!(
                sql,
                "insert into pb_transaction_changes (id, account_id, transaction_id, changed_at,
                    run_id, field) values ('c{number}', '{account}', '{}', '{seen}', 'run_1', 'amount');",
                row.id
            )
            .unwrap();
        }
        rows.push(row);
    }
    for (id, name, digits, currency) in ACCOUNTS {
        ledger::account(at, id).await;
        at.run(format!(
            "update pb_accounts set name = '{name}', last_four = '{digits}', currency = '{currency}'
             where id = '{id}'"
        ))
        .await;
    }
    ledger::transactions(at, &rows).await;
    at.run(sql).await;
    at.run(
        "insert into pb_sync_runs (id, started_at, finished_at, started_by, full_walk, outcome)
         values ('run_1', '2026-11-22T09:41:00+00:00', '2026-11-22T09:42:00+00:00', 'key', false, 'ok');
         insert into pb_categories (name, parent, edited_at) values
            ('groceries', 'food', '2026-11-01T00:00:00+00:00'),
            ('dining', 'food', '2026-11-01T00:00:00+00:00')",
    )
    .await;
}

/// Words as people type them.
fn typed(random: &mut StdRng) -> String {
    let number = |random: &mut StdRng| {
        let cents = random.random_range(0..9_000);
        format!("{}.{:02}", cents / 100, cents % 100)
    };
    let pick = |random: &mut StdRng, words: &[&str]| (*words.choose(random).unwrap()).to_owned();
    let word = match random.random_range(0..12) {
        0 => pick(
            random,
            &[
                "rowan",
                "cafe",
                "ZOE",
                "\"wool_shop\"",
                "%",
                "_",
                r"\",
                "lodz strasse",
                "ロワン",
                "sam",
            ],
        ),
        1 => {
            pick(random, &["acct:joint", "acct:4821", "acct:checking", "acct:kyoto", "acct:harbor"])
        }
        2 => pick(random, &["cat:food", "cat:groceries", "cat:din", "cat:fuel"]),
        3 => pick(random, &["tag:shared", "tag:\"trip to rome\"", "tag:50%", "tag:trip"]),
        4 => format!(
            "amt:{}{}",
            pick(random, &["", ">", "<", ">=", "<=", "<-", ">+", "-"]),
            number(random)
        ),
        5 => format!("amt:{}..{}", number(random), number(random)),
        6 => format!("{}:>{}", pick(random, &["in", "out"]), number(random)),
        7 => format!(
            "{}:{}",
            pick(random, &["since", "until", "month"]),
            pick(random, &["90d", "2026-03", "last-year", "2026", "sep", "2026-06-15"])
        ),
        8 => format!(
            "is:{}",
            pick(
                random,
                &["pending", "posted", "transfer", "new", "left-out", "in", "out", "gone"]
            )
        ),
        10 => pick(
            random,
            &["merchant:rowan", "merchant:\"rowan market\"", "merchant:%", "merchant:zoe"],
        ),
        9 => format!("has:{}", pick(random, &["note", "tag", "category", "change", "name"])),
        _ => format!("id:txn_{:03}", random.random_range(0..150)),
    };
    let sign = if random.random_bool(0.25) { "-" } else { "" };
    format!("{sign}{word}")
}

/// All that the store keeps, to be read in memory.
struct Memory {
    rows: Vec<StoredTransaction>,
    own: HashMap<TransactionKey, Annotation>,
    words: HashMap<String, String>,
    changed: Vec<String>,
}

impl Memory {
    async fn of(at: &TestDatabase, store: &Store) -> Self {
        let newest = TransactionQuery::newest(None, 1_000);
        let all = TransactionQuery { scope: Scope::All, ..newest };
        let rows = store.load_transactions(&all).await.unwrap().rows;
        let own = store.load_words(&rows).await.unwrap();
        let words = at.ask("select id || '|' || words from pb_transactions").await;
        let words = words.iter().filter_map(|line| line.split_once('|'));
        let words = words.map(|(id, words)| (id.to_owned(), words.to_owned())).collect();
        let changed = at.ask("select transaction_id from pb_transaction_changes").await;
        Self { rows, own, words, changed }
    }

    fn matching(&self, filter: &Filter, scope: Scope) -> Vec<StoredTransaction> {
        let none = Annotation::default();
        let matches = |row: &&StoredTransaction| {
            let own = self.own.get(&row.key()).unwrap_or(&none);
            let id = row.transaction.id.as_str();
            let changed = self.changed.iter().any(|changed| changed == id);
            filter.matches(&Facts::of(row, own, &self.words[id], changed))
        };
        let in_scope = |row: &&StoredTransaction| {
            scope == Scope::All || row.life == passbook::domain::Life::Live
        };
        self.rows.iter().filter(in_scope).filter(matches).cloned().collect()
    }
}

const SORTS: [Sort; 4] = [
    Sort { key: SortKey::Amount, reversed: false },
    Sort { key: SortKey::Description, reversed: true },
    Sort { key: SortKey::Category, reversed: false },
    Sort { key: SortKey::Account, reversed: true },
];
const GROUPS: [GroupBy; 4] =
    [GroupBy::Account, GroupBy::Category, GroupBy::Merchant, GroupBy::Month];

fn in_any_order(rows: &[StoredTransaction]) -> Vec<&str> {
    let mut ids = ids(rows);
    ids.sort_unstable();
    ids
}

/// Names aside: the database takes the newest spelling of all.
fn sums(groups: &[Group]) -> Vec<(&GroupKey, &[passbook::domain::Sum])> {
    groups.iter().map(|group| (&group.key, &*group.sums)).collect()
}

fn ids(rows: &[StoredTransaction]) -> Vec<&str> {
    rows.iter().map(|row| row.transaction.id.as_str()).collect()
}

async fn walk(store: &Store, query: &TransactionQuery) -> Vec<StoredTransaction> {
    let mut rows: Vec<StoredTransaction> = Vec::new();
    loop {
        let anchor =
            rows.last().map_or(Anchor::Newest, |row| Anchor::Older(query.sort.position(row)));
        let query = TransactionQuery { anchor, ..query.clone() };
        let window = store.load_transactions(&query).await.unwrap();
        rows.extend(window.rows);
        if window.at_end {
            return rows;
        }
    }
}

fn filter(text: &str, names: &Names) -> Arc<Filter> {
    let mut parsed = parse(text, today());
    let filter = parsed.resolve(names);
    assert_eq!(parsed.mistakes, [], "{text}");
    Arc::new(filter)
}

#[tokio::test]
async fn the_database_finds_what_reading_every_row_finds() {
    for test in support::stores().await {
        fill(&test.at).await;
        agree(&test, 22, 250).await;
    }
}

/// All months as they were read, then some of them changed since, then one that came since.
#[tokio::test]
async fn with_all_words_in_memory_a_search_finds_the_same() {
    for test in support::stores().await {
        fill(&test.at).await;
        let months = test.store.prepare_search(0).await.unwrap();
        assert!(months > 15, "{months}");
        assert_eq!(test.store.prepare_search(0).await.unwrap(), 0, "nothing has changed");
        agree(&test, 23, 120).await;
        test.at
            .run(
                "update pb_word_stamps set stamp = 'new' where month like '%-0%'; \
                  update pb_transactions set words = 'rowan ' || words \
                  where cast(date as text) like '____-0%'",
            )
            .await;
        agree(&test, 24, 120).await;
        assert!((5..months).contains(&test.store.prepare_search(0).await.unwrap()));
        test.at
            .run(
                "update pb_transactions set date = '2027-01-09' where id < 'txn_030'; \
                  insert into pb_word_stamps (month, stamp) values ('2027-01', 'new')",
            )
            .await;
        agree(&test, 25, 120).await;
    }
}

/// By the user and by a rule of theirs, through this store and through another one.
#[tokio::test]
async fn what_is_said_of_a_row_once_its_words_are_in_memory_is_found() {
    for test in support::stores().await {
        fill(&test.at).await;
        let newest = TransactionQuery::newest(None, 1_000);
        let rows = test.store.load_transactions(&newest).await.unwrap().rows;
        let other = Store::open(test.at.options()).await.unwrap();
        test.store.prepare_search(0).await.unwrap();
        for (number, store) in [&test.store, &other].into_iter().enumerate() {
            let word = format!("unheard{number}");
            assert_eq!(count(&test.store, &word).await, 0);
            let row = &rows[50 * (number + 1)];
            let note = Target::Row { key: row.key(), field: Field::Note };
            let sets = vec![(note, Some(word.clone()))];
            store.edit(&Edit { sentence: word.clone(), sets }).await.unwrap();
            assert_eq!(count(&test.store, &word).await, 1, "{} {number}", test.at.engine);
        }
        let rule = Rule { query: "row".into(), name: Some("Woolly".into()), ..Rule::default() };
        assert_eq!(count(&test.store, "woolly").await, 0);
        other.edit(&book::save(rule, &[], &Names::default())).await.unwrap();
        assert!(count(&test.store, "woolly").await > 5, "{}", test.at.engine);
        other.close().await;
    }
}

async fn count(store: &Store, text: &str) -> i64 {
    let filter = filter(text, &Names::default());
    let query = TransactionQuery { filter, ..TransactionQuery::newest(None, 0) };
    store.count_transactions(&query).await.unwrap()
}

#[tokio::test]
async fn few_rows_are_not_read_into_memory() {
    for test in support::stores().await {
        fill(&test.at).await;
        assert_eq!(test.store.prepare_search(1_000).await.unwrap(), 0);
    }
}

/// Searches of every kind, each held against every row.
async fn agree(test: &TestStore, seed: u64, rounds: usize) {
    let names = test.store.load_names().await.unwrap();
    let memory = Memory::of(&test.at, &test.store).await;
    let mut random = StdRng::seed_from_u64(seed);
    let mut found = 0;
    for round in 0..rounds {
        let words = random.random_range(1..4);
        let asked = (0..words).map(|_| typed(&mut random)).collect::<Vec<_>>().join(" ");
        let filter = filter(&asked, &names);
        let scope = if round % 5 == 0 { Scope::All } else { Scope::Live };
        let newest = TransactionQuery::newest(None, 7);
        let query = TransactionQuery { filter: Arc::clone(&filter), scope, ..newest };
        let expected = memory.matching(&filter, scope);
        let what = format!("{}: {asked} {scope:?}", test.at.engine);
        assert_eq!(ids(&walk(&test.store, &query).await), ids(&expected), "{what}");
        let count = test.store.count_transactions(&query).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "{what}");
        let sort = *SORTS.choose(&mut random).unwrap();
        let sorted = walk(&test.store, &TransactionQuery { sort, ..query.clone() }).await;
        let places: Vec<_> = sorted.iter().map(|row| sort.position(row)).collect();
        assert!(places.is_sorted_by(|one, other| sort.is_above(one, other)), "{what} {sort:?}");
        assert_eq!(in_any_order(&sorted), in_any_order(&expected), "{what} {sort:?}");
        let by = *GROUPS.choose(&mut random).unwrap();
        let grouped = GroupQuery { rows: query.clone(), by, limit: 1_000 };
        let grouped = test.store.load_groups(&grouped).await.unwrap();
        let expected = Groups::of(&memory.matching(&filter, Scope::Live), by, Currency::USD);
        assert_eq!(sums(&grouped.groups), sums(&expected), "{what} {by:?}");
        let summary = test.store.load_summary(&query).await.unwrap();
        let live = memory.matching(&filter, Scope::Live);
        let expected =
            Summary { before: summary.before, after: summary.after, ..Summary::of(&live) };
        assert_eq!(summary, expected, "{what}");
        found += live.len();
    }
    assert!(found > rounds * 4, "the searches found too little to show anything: {found}");
}

#[tokio::test]
async fn rows_that_only_their_date_keeps_out_are_counted() {
    for test in support::stores().await {
        fill(&test.at).await;
        let names = test.store.load_names().await.unwrap();
        let memory = Memory::of(&test.at, &test.store).await;
        let rows = |text: &str| memory.matching(&filter(text, &names), Scope::Live).len();
        let asked = filter("rowan since:2026-03 until:2026-06", &names);
        let newest = TransactionQuery::newest(None, 0);
        let query = TransactionQuery { filter: asked, ..newest };
        let summary = test.store.load_summary(&query).await.unwrap();
        assert_eq!(usize::try_from(summary.before).unwrap(), rows("rowan -since:2026-03"));
        assert_eq!(usize::try_from(summary.after).unwrap(), rows("rowan -until:2026-06"));
        assert!(summary.before > 0 && summary.after > 0);
    }
}

#[tokio::test]
async fn withdrawn_rows_are_found_where_they_are_asked_for() {
    for test in support::stores().await {
        fill(&test.at).await;
        let names = test.store.load_names().await.unwrap();
        let memory = Memory::of(&test.at, &test.store).await;
        let filter = filter("is:gone -cat:fuel", &names);
        assert!(filter.wants_gone());
        let newest = TransactionQuery::newest(None, 7);
        let query = TransactionQuery { filter: Arc::clone(&filter), scope: Scope::Gone, ..newest };
        let mut found = walk(&test.store, &query).await;
        found.sort_by_key(|row| row.transaction.id.0.clone());
        let mut expected = memory.matching(&filter, Scope::All);
        expected.sort_by_key(|row| row.transaction.id.0.clone());
        assert_eq!(ids(&found), ids(&expected));
        let summary = test.store.load_summary(&query).await.unwrap();
        assert_eq!(usize::try_from(summary.rows()).unwrap(), expected.len());
    }
}

#[tokio::test]
async fn searches_are_remembered_latest_first_and_a_key_holds_one() {
    for test in support::stores().await {
        let keep = |query: &str, slot: Option<i64>| {
            let name = slot.map(|slot| format!("name {slot}"));
            Search { query: query.to_owned(), name, slot }
        };
        for search in [keep("rowan", None), keep("amt:>50", Some(1)), keep("shell", Some(2))] {
            test.store.keep_search(&search).await.unwrap();
        }
        test.store.keep_search(&keep("cat:fuel", Some(1))).await.unwrap();
        let searches = test.store.load_searches().await.unwrap();
        let slots: Vec<_> = searches.iter().map(|it| (&*it.query, it.slot)).collect();
        assert_eq!(slots.len(), 4);
        for expected in
            [("rowan", None), ("amt:>50", None), ("shell", Some(2)), ("cat:fuel", Some(1))]
        {
            assert!(slots.contains(&expected), "{slots:?}");
        }
    }
}
