//! What the language promises, tried on random queries and rows.

mod said;

use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;

use super::*;
use crate::domain::fold::fold;
use crate::domain::{AccountId, Currency, Life, Money, Status};

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

pub fn synced_at() -> DateTime<Utc> {
    "2026-11-22T09:41:00Z".parse().unwrap()
}

pub fn names() -> Names {
    let account = |id: &str, name: &str, digits: &str| AccountName {
        id: id.into(),
        name: name.to_owned(),
        last_four: Some(digits.to_owned()),
        also: vec!["Harbor Credit Union".to_owned()],
        currency: Currency::USD,
    };
    let category = |name: &str, parent: Option<&str>| CategoryName {
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        also: Vec::new(),
    };
    Names {
        accounts: vec![
            account("acc_1", "Everyday Checking", "4821"),
            account("acc_2", "Joint Checking", "6605"),
            account("acc_3", "Platinum Card", "1177"),
        ],
        categories: vec![
            category("food", None),
            category("groceries", Some("food")),
            category("dining", Some("food")),
            category("fuel", None),
        ],
        tags: vec!["shared".to_owned(), "trip to Rome".to_owned()],
        synced_at: Some(synced_at()),
    }
}

/// A row with a text of its own.
#[derive(Clone, Debug)]
struct Row {
    account: AccountId,
    id: String,
    date: NaiveDate,
    amount: Money,
    status: Status,
    life: Life,
    words: String,
    merchant: String,
    category: Option<String>,
    tags: Vec<String>,
    /// Noted, named, changed, transfer, left out, new.
    flags: [bool; 6],
}

impl Row {
    fn facts(&self) -> Facts<'_> {
        let [noted, named, changed, transfer, left_out, new] = self.flags;
        Facts {
            account_id: &self.account,
            id: &self.id,
            date: self.date,
            amount: self.amount,
            status: &self.status,
            life: &self.life,
            words: &self.words,
            category: self.category.as_deref(),
            merchant: &self.merchant,
            tags: &self.tags,
            noted,
            named,
            changed,
            transfer,
            left_out,
            first_seen_at: synced_at() + chrono::Duration::seconds(if new { 1 } else { -1 }),
        }
    }
}

prop_compose! {
    fn rows()(
        account in 1..4_u8,
        id in 0..4_u8,
        days in 0..800_u64,
        (minor, currency) in ((-9_000..9_000_i64), any::<prop::sample::Index>()),
        pending in any::<bool>(),
        words in prop::sample::select(vec!["Rowan Market", "Café Zoë", "Shell 0443", "a \"quoted\" 100%_\\"]),
        category in prop::option::of(prop::sample::select(vec!["groceries", "dining", "fuel", "food"])),
        tags in prop::sample::subsequence(vec!["shared", "trip to Rome"], 0..=2),
        flags in any::<[bool; 6]>(),
    ) -> Row {
        let currencies = [Currency::USD, Currency::parse("JPY").unwrap(), Currency::parse("KWD").unwrap()];
        Row {
            account: format!("acc_{account}").as_str().into(),
            id: format!("txn_{id}"),
            date: today() - Days::new(days),
            amount: Money::new(minor, *currency.get(&currencies)),
            status: if pending { Status::Pending } else { Status::Posted },
            life: Life::Live,
            words: fold(words),
            merchant: words.to_owned(),
            category: category.map(str::to_owned),
            tags: tags.into_iter().map(str::to_owned).collect(),
            flags,
        }
    }
}

/// Words as people type them, right and wrong.
fn typed() -> impl Strategy<Value = String> {
    let number = (0..90_u32, 0..100_u32).prop_map(|(whole, cents)| {
        if cents < 60 { format!("{whole}") } else { format!("{whole}.{cents}") }
    });
    let signed = (prop::sample::select(vec!["", "", "-", "+"]), number.clone())
        .prop_map(|(sign, number)| format!("{sign}{number}"));
    let test = |number: BoxedStrategy<String>| {
        prop_oneof![
            number.clone(),
            (prop::sample::select(vec![">", ">=", "<", "<="]), number.clone())
                .prop_map(|(sign, number)| format!("{sign}{number}")),
            (number.clone(), number).prop_map(|(low, high)| format!("{low}..{high}")),
        ]
    };
    let date = prop::sample::select(vec![
        "30d",
        "2w",
        "2026-09",
        "2026-09-01",
        "last month",
        "last-month",
        "sep",
        "yesterday",
        "2025",
    ]);
    let word = prop_oneof![
        prop::sample::select(vec![
            "rowan",
            "cafe",
            "Shell",
            "\"rowan market\"",
            "%",
            "_",
            "\\",
            "100%"
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec!["joint", "4821", "checking", "\"Platinum Card\"", "harbor"])
            .prop_map(|name| format!("acct:{name}")),
        prop::sample::select(vec!["food", "groceries", "din", "fuel"])
            .prop_map(|name| format!("cat:{name}")),
        prop::sample::select(vec!["shared", "\"trip to rome\"", "trip"])
            .prop_map(|name| format!("tag:{name}")),
        prop::sample::select(vec!["rowan", "CAFE", "\"shell 0443\""])
            .prop_map(|name| format!("merchant:{name}")),
        test(signed.boxed()).prop_map(|test| format!("amt:{test}")),
        (prop::sample::select(vec!["in", "out"]), test(number.boxed()))
            .prop_map(|(side, test)| format!("{side}:{test}")),
        (prop::sample::select(vec!["since", "until", "month"]), date)
            .prop_map(|(key, date)| format!("{key}:{date}")),
        prop::sample::select(State::ALL.to_vec())
            .prop_map(|state| format!("is:{}", state.as_str())),
        prop::sample::select(Mark::ALL.to_vec()).prop_map(|mark| format!("has:{}", mark.as_str())),
        (0..4_u8).prop_map(|id| format!("id:txn_{id}")),
    ];
    (prop::bool::weighted(0.25), word)
        .prop_map(|(negated, word)| if negated { format!("-{word}") } else { word })
}

fn query() -> impl Strategy<Value = String> {
    prop::collection::vec(typed(), 0..5).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_as_the_same(text in query()) {
        let parsed = parse(&text, today());
        prop_assert_eq!(&parsed.mistakes, &[]);
        let printed = parsed.query.to_string();
        let again = parse(&printed, today());
        prop_assert_eq!(&again.query, &parsed.query, "{}", printed);
        prop_assert_eq!(again.query.to_string(), printed, "printed twice alike");
    }

    #[test]
    fn any_text_at_all_is_read_printed_and_read_alike(text in ".{0,60}") {
        let parsed = parse(&text, today());
        for mistake in &parsed.mistakes {
            prop_assert!(text.get(mistake.span.clone()).is_some(), "{:?}", mistake);
        }
        let again = parse(&parsed.query.to_string(), today());
        prop_assert_eq!(again.query, parsed.query);
        prop_assert_eq!(again.mistakes, vec![]);
    }

    #[test]
    fn any_values_are_quoted_so_that_they_come_back(
        value in "[ -~äß日\"\\\\:]{1,12}", negated in any::<bool>(), kind in 0..5_usize,
    ) {
        prop_assume!(!fold(&value).trim().is_empty());
        let of = [Word::Text, Word::Account, Word::Category, Word::Tag, Word::Merchant][kind];
        let query = Query { terms: vec![Term { negated, word: of(value) }] };
        let parsed = parse(&query.to_string(), today());
        prop_assert_eq!(parsed.query, query);
    }

    #[test]
    fn the_line_in_words_agrees_with_the_rows(
        text in query(), rows in prop::collection::vec(rows(), 1..20),
    ) {
        let filter = parse(&text, today()).resolve(&names());
        let said = filter.meaning(Form::Long, today());
        for row in &rows {
            let expected = said.iter().all(|part| said::holds(part, row));
            prop_assert_eq!(filter.matches(&row.facts()), expected, "{} | {:?} | {:?}", text, said, row);
        }
    }

    #[test]
    fn several_accounts_are_any_of_them_and_several_words_all(row in rows()) {
        let matches = |text: &str| parse(text, today()).resolve(&names()).matches(&row.facts());
        let any = matches("acct:4821") || matches("acct:6605");
        prop_assert_eq!(matches("acct:4821 acct:6605"), any);
        prop_assert_eq!(matches("rowan shell"), matches("rowan") && matches("shell"));
        prop_assert_eq!(matches("-rowan"), !matches("rowan"));
        let parent = matches("cat:groceries") || matches("cat:dining") || row.category.as_deref() == Some("food");
        prop_assert_eq!(matches("cat:food"), parent);
    }
}

fn said(text: &str, form: Form) -> String {
    let filter = parse(text, today()).resolve(&names());
    filter.meaning(form, today()).join(if form == Form::Long { "    " } else { " · " })
}

#[test]
fn a_query_is_said_back_in_words() {
    let text = "rowan amt:>50 since:2026-09 -cat:dining";
    assert_eq!(
        said(text, Form::Long),
        "text rowan    amount over 50, either sign    from Sep 1 2026    not dining"
    );
    assert_eq!(said(text, Form::Short), "rowan · over 50 · from Sep 1 · not dining");
    assert_eq!(
        said(
            "acct:4821 is:pending acct:joint cat:food out:20..30 month:sep -has:note",
            Form::Short
        ),
        "in Everyday Checking ·4821 or Joint Checking ·6605 · pending · category food and below · \
         spent 20 to 30 · in Sep 2026 · without a note"
    );
}

#[test]
fn a_wrong_word_is_marked_and_left_out() {
    let text = "rowan amt:fifty -cat: since:someday is:green foo:bar acct:nobody - out:-5";
    let mut parsed = parse(text, today());
    let filter = parsed.resolve(&names());
    assert_eq!(filter.meaning(Form::Short, today()), ["rowan"]);
    let marked: Vec<_> = parsed
        .mistakes
        .iter()
        .map(|mistake| (&text[mistake.span.clone()], mistake.sentence.as_str()))
        .collect();
    assert_eq!(
        marked,
        [
            ("amt:fifty", "amt: wants an amount: amt:>50, amt:50..60, amt:86.46, amt:<-20"),
            ("-cat:", "a category comes after the colon"),
            ("since:someday", "a date is written 2026-11-01, 2026-11, 30d, sep or last-month"),
            ("is:green", "is: pending, posted, transfer, new, left-out, in, out or gone"),
            ("foo:bar", "no filter is called foo: (in quotes it is looked for as text)"),
            ("acct:nobody", "no account is called nobody"),
            ("-", "a minus leaves out the word right after it"),
            ("out:-5", "out: wants an amount without a sign: out:>50, out:50..60"),
        ]
    );
}

#[test]
fn the_last_word_goes_and_a_new_one_comes_once() {
    assert_eq!(without_last("rowan  acct:\"Joint Checking\" "), "rowan");
    assert_eq!(without_last("since:last month"), "");
    assert_eq!(without_last(""), "");
    let term = Term { negated: false, word: Word::Account("Joint Checking".to_owned()) };
    assert_eq!(with_word("rowan ", &term), "rowan acct:\"Joint Checking\"");
    assert_eq!(with_word("acct:\"Joint Checking\" x", &term), "acct:\"Joint Checking\" x");
}
