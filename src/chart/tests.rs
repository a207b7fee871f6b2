//! What holds for every chart, whatever is in it.

use proptest::prelude::*;

use super::*;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
}

fn history(values: &[Option<i64>]) -> History {
    let day = |(number, value): (u32, &Option<i64>)| {
        let kind = match value {
            None => DayKind::Unknown,
            Some(value) if value % 2 == 0 => DayKind::Measured,
            Some(_) => DayKind::Rebuilt,
        };
        Day { date: day(number), value: *value, kind }
    };
    History { days: (1..).zip(values).map(day).collect() }
}

/// The picture, which is well-formed and runs nothing.
fn checked(svg: String) -> String {
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(
        svg.contains("role=\"img\"") && svg.contains("<title id=") && svg.contains("<desc id=")
    );
    for name in ["svg", "text", "title", "desc", "style", "rect"] {
        let opened = svg.matches(&format!("<{name}")).count();
        assert_eq!(opened, svg.matches(&format!("</{name}>")).count(), "{name}");
    }
    assert!(!svg.contains("<script") && !svg.contains("href") && !svg.contains("url("));
    svg
}

#[test]
fn rebuilt_days_are_dashed_and_unknown_ones_a_gap() {
    let history = history(&[None, Some(101), Some(103), Some(200), Some(300), None, Some(500)]);
    let svg = checked(lines("Net worth", &[Line { currency: Currency::USD, history: &history }]));
    assert_eq!(svg.matches("class=\"line rebuilt\"").count(), 1);
    assert_eq!(svg.matches("class=\"line\"").count(), 2);
    assert!(svg.contains("1.01 USD on 2026-11-02, 5.00 USD on 2026-11-07."), "{svg}");
}

#[test]
fn both_schemes_are_in_the_file() {
    let svg = checked(bars("Cash flow", &[]));
    assert!(svg.contains("prefers-color-scheme: dark"));
    assert!(svg.contains("Nothing is known yet."));
}

#[test]
fn a_name_is_text_and_nothing_else() {
    let band = Band {
        name: "</text><script>alert(1)</script>&\u{0}\u{1b}\"".to_owned(),
        amount: Money::new(-5, Currency::USD),
        usual: None,
        money_in: false,
    };
    let svg = checked(bands("Spending", &[band]));
    assert!(svg.contains("&lt;script&gt;"));
}

proptest! {
    #[test]
    fn any_amounts_make_a_picture(
        values in prop::collection::vec(prop::option::of(any::<i64>()), 0..20),
        months in prop::collection::vec((0..i64::MAX, i64::MIN..0), 0..15),
        name in any::<String>(),
    ) {
        let history = history(&values);
        checked(lines(&name, &[Line { currency: Currency::USD, history: &history }]));
        let totals = |(money_in, money_out)| MonthTotals { money_in, money_out };
        let months: Vec<_> = (1..).map(day).zip(months.into_iter().map(totals)).collect();
        checked(bars("Cash flow", &[Bars { currency: Currency::USD, months: &months }]));
        let band = |value: &i64| {
            let amount = Money::new(*value, Currency::USD);
            Band { name: name.clone(), amount, usual: Some(-amount), money_in: *value > 0 }
        };
        let all: Vec<Band> = values.iter().flatten().map(band).collect();
        checked(bands("Spending", &all));
    }
}
