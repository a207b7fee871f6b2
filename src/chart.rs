//! Charts as SVG files: what they show is said in words, too.

mod scale;
mod svg;

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use crate::domain::{Currency, Day, DayKind, History, Money, MonthTotals};
use scale::Scale;
use svg::{Anchor, Svg};

const WIDTH: i64 = 860;
/// Of one panel, a currency's, with its heading.
const PANEL: i64 = 340;
const LEFT: i64 = 110;
const RIGHT: i64 = 24;
const BAND: i64 = 26;

/// The days of one currency.
pub struct Line<'a> {
    pub currency: Currency,
    pub history: &'a History,
}

/// The months of one currency, by their first days.
pub struct Bars<'a> {
    pub currency: Currency,
    pub months: &'a [(NaiveDate, MonthTotals)],
}

/// One thing beside others, with what is usual for it.
pub struct Band {
    pub name: String,
    pub amount: Money,
    pub usual: Option<Money>,
    /// It is money that comes in.
    pub money_in: bool,
}

/// Each currency in a panel of its own: solid where measured, dashed where rebuilt, a gap where
/// nothing is known.
pub fn lines(title: &str, lines: &[Line<'_>]) -> String {
    let mut svg = Svg::new(WIDTH);
    let mut said = Vec::new();
    for (line, top) in lines.iter().zip((0..).map(|panel| panel * PANEL)) {
        let days = &line.history.days;
        let range = line.history.range().unwrap_or_default();
        let scale = amounts(&mut svg, line.currency, range, top);
        heading(&mut svg, top, title, line.currency, "solid measured, dashed rebuilt");
        draw_days(&mut svg, days, &scale);
        let ends = [days.first(), days.last()].map(|day| day.map(|day| day.date));
        if let [Some(first), Some(last)] = ends {
            svg.text((LEFT, top + PANEL - 22), "muted", Anchor::Start, first);
            svg.text((WIDTH - RIGHT, top + PANEL - 22), "muted", Anchor::End, last);
        }
        let known = || days.iter().filter_map(|day| Some((day.date, day.value?)));
        let (first, last) = (known().next(), known().next_back());
        said.extend(first.zip(last).map(|((from, old), (to, new))| {
            let [old, new] = [old, new].map(|minor| Money::new(minor, line.currency).grouped());
            let currency = line.currency;
            format!("{old} {currency} on {from}, {new} {currency} on {to}.")
        }));
    }
    svg.finish(panels(lines.len()), title, &or_nothing(&said))
}

/// Money in above the line and money out below it, month by month, with what stayed as a line.
pub fn bars(title: &str, bars: &[Bars<'_>]) -> String {
    let mut svg = Svg::new(WIDTH);
    let mut said = Vec::new();
    for (bars, top) in bars.iter().zip((0..).map(|panel| panel * PANEL)) {
        let highest = bars.months.iter().map(|(_, month)| month.money_in).max();
        let lowest = bars.months.iter().map(|(_, month)| month.money_out).min();
        let range = (lowest.unwrap_or_default(), highest.unwrap_or_default());
        let scale = amounts(&mut svg, bars.currency, range, top);
        heading(
            &mut svg,
            top,
            title,
            bars.currency,
            "above in, below out, the line is what stayed",
        );
        draw_months(&mut svg, bars, &scale, top);
        let sum = |of: fn(&MonthTotals) -> i64| {
            let minor = bars.months.iter().map(|(_, month)| of(month)).fold(0, i64::saturating_add);
            Money::new(minor, bars.currency).grouped()
        };
        let (money_in, out) = (sum(|month| month.money_in), sum(|month| month.money_out));
        said.push(format!("{money_in} {0} in, {out} {0} out.", bars.currency));
    }
    svg.finish(panels(bars.len()), title, &or_nothing(&said))
}

/// A band each, the longest first, with a stroke where it usually ends.
pub fn bands(title: &str, bands: &[Band]) -> String {
    let mut svg = Svg::new(WIDTH);
    svg.text((24, 32), "title", Anchor::Start, title);
    if bands.iter().any(|band| band.usual.is_some()) {
        svg.text((WIDTH - RIGHT, 32), "muted", Anchor::End, "the stroke is what is usual");
    }
    let from = 300;
    let to = WIDTH - 150;
    let mut top = 56;
    // Currencies are never on one scale.
    let mut longest: BTreeMap<Currency, i64> = BTreeMap::new();
    for money in bands.iter().flat_map(|band| [Some(band.amount), band.usual]).flatten() {
        let most = longest.entry(money.currency).or_default();
        *most = (*most).max(money.minor.saturating_abs());
    }
    for band in bands {
        let scale = Scale::new((0, longest[&band.amount.currency]), 1, (from, to));
        let end = scale.place(band.amount.minor.saturating_abs());
        let amount = format!("{} {}", band.amount.grouped(), band.amount.currency);
        svg.text((from - 10, top + 14), "", Anchor::End, short(&band.name));
        let said = format!("{}: {amount}", band.name);
        let class = if band.money_in { "in" } else { "out" };
        svg.bar((from, top), ((end - from).max(1), BAND - 8), class, &said);
        if let Some(usual) = band.usual {
            let x = scale.place(usual.minor.saturating_abs());
            svg.line((x, top - 3), (x, top + BAND - 5), "average");
        }
        svg.text((WIDTH - RIGHT, top + 14), "muted", Anchor::End, amount);
        top += BAND;
    }
    let first = bands.iter().take(3);
    let said: Vec<String> = first
        .map(|band| format!("{}: {} {}.", band.name, band.amount.grouped(), band.amount.currency))
        .collect();
    svg.finish(top + 20, title, &or_nothing(&said))
}

fn panels(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(1).max(1) * PANEL
}

fn or_nothing(said: &[String]) -> String {
    if said.is_empty() { "Nothing is known yet.".to_owned() } else { said.join(" ") }
}

fn heading(svg: &mut Svg, top: i64, title: &str, currency: Currency, key: &str) {
    svg.text((24, top + 32), "title", Anchor::Start, format!("{title}, {currency}"));
    svg.text((WIDTH - RIGHT, top + 32), "muted", Anchor::End, key);
}

/// The scale of a panel, with its marks drawn.
fn amounts(svg: &mut Svg, currency: Currency, range: (i64, i64), top: i64) -> Scale {
    let unit = 10_i64.pow(currency.exponent());
    let scale = Scale::new(range, unit, (top + PANEL - 50, top + 56));
    for mark in scale.marks() {
        let y = scale.place(mark);
        let class = if mark == 0 { "zero" } else { "rule" };
        svg.line((LEFT, y), (WIDTH - RIGHT, y), class);
        let whole = Money::new(mark, currency).grouped();
        let whole = whole.split('.').next().unwrap_or_default().to_owned();
        svg.text((LEFT - 10, y + 4), "muted", Anchor::End, whole);
    }
    scale
}

/// A stretch for each kind of knowing, each beginning where the last one ended.
fn draw_days(svg: &mut Svg, days: &[Day], scale: &Scale) {
    let room = svg.width() - RIGHT - LEFT;
    let last = i64::try_from(days.len().saturating_sub(1)).unwrap_or(1).max(1);
    let mut stretch: Vec<(i64, i64)> = Vec::new();
    let mut kind = DayKind::Unknown;
    for (day, number) in days.iter().zip(0_i64..) {
        let point = day.value.map(|value| (LEFT + number * room / last, scale.place(value)));
        if day.kind != kind || point.is_none() {
            let joint = stretch.last().copied();
            draw_stretch(svg, &std::mem::take(&mut stretch), kind);
            stretch.extend(joint.filter(|_| point.is_some()));
            kind = day.kind;
        }
        stretch.extend(point);
    }
    draw_stretch(svg, &stretch, kind);
}

fn draw_stretch(svg: &mut Svg, points: &[(i64, i64)], kind: DayKind) {
    let class = if kind == DayKind::Rebuilt { "line rebuilt" } else { "line" };
    match points {
        [] => {}
        // A single day is a point, and a line without a length shows nothing.
        [(x, y)] => svg.path(&[(*x - 1, *y), (*x + 1, *y)], class),
        points => svg.path(points, class),
    }
}

fn draw_months(svg: &mut Svg, bars: &Bars<'_>, scale: &Scale, top: i64) {
    let count = i64::try_from(bars.months.len()).unwrap_or(1).max(1);
    let room = svg.width() - RIGHT - LEFT;
    let (zero, step) = (scale.place(0), (room / count).max(2));
    let wide = (step * 7 / 10).max(1);
    let labelled = (count / 12).max(1);
    let mut net = Vec::new();
    for ((month, sums), number) in bars.months.iter().zip(0_i64..) {
        let x = LEFT + number * room / count + (step - wide) / 2;
        for (minor, class) in [(sums.money_in, "in"), (sums.money_out, "out")] {
            let y = scale.place(minor);
            let amount = Money::new(minor, bars.currency);
            let said =
                format!("{}: {} {}", month.format("%b %Y"), amount.grouped(), amount.currency);
            svg.bar((x, y.min(zero)), (wide, (y - zero).abs()), class, &said);
        }
        net.push((x + wide / 2, scale.place(sums.net())));
        if number % labelled == 0 {
            let format = if month.month() == 1 || number == 0 { "%b %y" } else { "%b" };
            let place = (x + wide / 2, top + PANEL - 22);
            svg.text(place, "muted", Anchor::Middle, month.format(format));
        }
    }
    svg.path(&net, "net");
}

fn short(name: &str) -> String {
    const LONGEST: usize = 36;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
