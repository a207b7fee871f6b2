//! The sync screen: bank by bank what a run does and did, the last runs, the request log.

use super::canvas::Canvas;
use super::text::wrap;
use super::theme::Role;
use super::words::{day, instant, own_label, tally};
use super::{log, rows, runs};
use crate::app::App;
use crate::app::accounts::AccountLine;
use crate::app::problems::outcome_word;
use crate::app::sync::{AccountProgress, BankProgress, Line, Progress};
use crate::domain::counted;
use crate::domain::{AccountResult, Money, Outcome, REFUSED, SafeText, Stage, disconnected};

/// The line above the table: how far the run has come, or how the last one ended.
pub fn summary(canvas: &mut Canvas, app: &App) {
    let end = canvas.width().saturating_sub(1);
    let sync = &app.sync;
    if !sync.running {
        let x = canvas.put(1, 0, "SYNC", Role::Strong);
        let text = match sync.latest_run() {
            Some(run) => format!("last run {}: {}", instant(app, run.started_at), runs::ended(run)),
            None if sync.runs_loaded => "never run".to_owned(),
            None => String::new(),
        };
        canvas.put_outside(x + 3, 0, canvas.width().saturating_sub(x + 20), &text, Role::Text);
        if app.setup.can_sync {
            canvas.put_right(end, 0, "r sync all", Role::Muted);
        }
        return;
    }
    let mut x = canvas.put(1, 0, "SYNC NOW", Role::Strong);
    if let Some(at) = sync.started_at {
        if canvas.look.wide {
            let wall = app.setup.zone.at(at).format("started %H:%M:%S").to_string();
            x = canvas.put(x + 3, 0, &wall, Role::Muted);
        }
        let seconds = (app.now() - at).num_seconds().max(0);
        x = canvas.put(
            x + if canvas.look.wide { 3 } else { 1 },
            0,
            &format!("{seconds} s"),
            Role::Text,
        );
    }
    let (done, all) = sync.done();
    let stop = match (sync.stopping, canvas.look.wide) {
        (true, _) => "stopping",
        (_, true) => "ctrl-x stop after this page",
        _ => "ctrl-x stop",
    };
    let stop_role = if sync.stopping { Role::Warn } else { Role::Muted };
    let start = canvas.put_right(end, 0, stop, stop_role);
    let count = format!("{done} of {all}");
    let words = u16::try_from(count.len()).unwrap_or(u16::MAX);
    let cells = usize::from(start.saturating_sub(x + 6).saturating_sub(words)).min(40);
    let full = (done * cells).checked_div(all).unwrap_or(0);
    x = canvas.put(x + 2, 0, &"█".repeat(full), Role::Accent);
    x = canvas.put(x, 0, &"░".repeat(cells - full), Role::Muted);
    canvas.put(x + 2, 0, &count, Role::Text);
}

/// What a pass brought: new, settled, paired, changed, gone, kept aside.
type Numbers = [i64; 6];

/// Their titles where there is room, and where there is less.
const TITLES: [(&str, &str); 6] = [
    ("NEW", "NEW"),
    ("SETTLED", "SETL"),
    ("PAIRED", "PAIR"),
    ("CHANGED", "CHG"),
    ("GONE", "GONE"),
    ("ASIDE", "ASIDE"),
];

/// Where a table's line has its stage, and where its numbers end.
struct Columns {
    stage: u16,
    numbers: [u16; 6],
    balance: Option<u16>,
}

impl Columns {
    fn of(canvas: &Canvas) -> Self {
        let end = canvas.width().saturating_sub(1);
        let left = |steps: [u16; 6]| steps.map(|step| end.saturating_sub(step));
        if canvas.look.wide {
            let numbers = left([53, 44, 36, 27, 21, 14]);
            return Self { stage: 34, numbers, balance: Some(end) };
        }
        Self { stage: 27.min(end / 3), numbers: left([26, 21, 16, 12, 7, 1]), balance: None }
    }

    /// Cells for the stage, its sign included.
    fn room(&self) -> u16 {
        self.numbers[0].saturating_sub(self.stage + 4)
    }
}

pub fn draw(canvas: &mut Canvas, app: &App) {
    if app.sync.lines().next().is_none() {
        draw_none(canvas, app);
        return;
    }
    let banks = app.sync.banks.iter().map(|bank| 1 + bank.accounts.len()).sum::<usize>();
    let height = canvas.height();
    let (width, table) = (canvas.width(), u16::try_from(banks).unwrap_or(u16::MAX));
    // Half of the screen at most: the reasons and the last runs want to be seen, too.
    let least = if canvas.look.wide { height / 2 } else { height.saturating_sub(8) };
    let rows = table.min(least.max(3));
    heading(&mut canvas.part(0, 0, width, 1));
    table_rows(&mut canvas.part(0, 1, width, rows), app, banks);
    let mut y = 1 + rows;
    if banks > 0 {
        canvas.rule(1, y, width.saturating_sub(1), '┄');
        totals(&mut canvas.part(0, y + 1, width, 1), app);
        y += 2;
    }
    y += draw_advice(&mut canvas.part(0, y, width, height.saturating_sub(y)), app);
    runs::draw(&mut canvas.part(0, y, width, height.saturating_sub(y)), app, banks);
}

fn draw_none(canvas: &mut Canvas, app: &App) {
    if !app.sync.runs_loaded && !app.sync.running {
        return;
    }
    let text = match (app.sync.running, app.setup.can_sync) {
        (true, _) => "Asking the bank for its accounts …",
        (_, true) => "Nothing has been synced yet. Press r to fetch your accounts.",
        _ => "Nothing has been synced yet, and no bank is connected: press B to connect one.",
    };
    canvas.put(2, 1, text, Role::Text);
    log::draw(&mut canvas.part(0, 3, canvas.width(), canvas.height().saturating_sub(3)), app);
}

fn heading(canvas: &mut Canvas) {
    let columns = Columns::of(canvas);
    let wide = canvas.look.wide;
    canvas.put(2, 0, if wide { "BANK / ACCOUNT" } else { "ACCOUNT" }, Role::Muted);
    canvas.put(columns.stage, 0, "STAGE", Role::Muted);
    for ((long, short), end) in TITLES.into_iter().zip(columns.numbers) {
        canvas.put_right(end, 0, if wide { long } else { short }, Role::Muted);
    }
    if let Some(end) = columns.balance {
        canvas.put_right(end, 0, "BALANCE", Role::Muted);
    }
}

fn table_rows(canvas: &mut Canvas, app: &App, count: usize) {
    let height = usize::from(canvas.height());
    let selected = app.sync.selected;
    let first = selected.saturating_sub(height / 2).min(count.saturating_sub(height));
    for ((index, line), y) in
        app.sync.lines().enumerate().take(count).skip(first).take(height).zip(0..)
    {
        match line {
            Line::Bank(bank) => draw_bank(canvas, app, y, bank),
            Line::Account(_, account) => draw_account(canvas, app, y, account),
            Line::Run(_) => {}
        }
        canvas.line_target(y, index);
        if index == selected {
            canvas.select(y, true);
        }
    }
}

fn draw_bank(canvas: &mut Canvas, app: &App, y: u16, bank: &BankProgress) {
    let columns = Columns::of(canvas);
    let name = bank_label(app, bank);
    canvas.put_outside(2, y, columns.stage.saturating_sub(3), name, Role::Strong);
    let room = columns.room();
    match ills(app, bank) {
        Some(ill) => {
            let room = canvas.width().saturating_sub(columns.stage + 3);
            canvas.put_outside(columns.stage, y, room, &format!("! {ill}"), Role::Warn)
        }
        None if bank.accounts.is_empty() => {
            canvas.put_cut(columns.stage, y, room, "  connected, not synced yet", Role::Muted)
        }
        None if bank.is_done() && bank.is_well() => {
            canvas.put_cut(columns.stage, y, room, "✓ done", Role::Ok)
        }
        None if bank.is_stopped() => {
            canvas.put_cut(columns.stage, y, room, "  stopped", Role::Muted)
        }
        None if bank.is_done() => canvas.put_cut(columns.stage, y, room, "! in part", Role::Warn),
        None => canvas.put_cut(columns.stage, y, room, "▸ at work", Role::Accent),
    };
}

/// As the user calls the enrollment, else the bank.
fn bank_label<'a>(app: &'a App, bank: &'a BankProgress) -> &'a str {
    let one = bank.enrollment_id.as_ref().and_then(|id| app.enrollment(id));
    one.map_or(&*bank.name, |one| one.label())
}

/// What is wrong, in a few words: what the run said, else what is known.
fn ills(app: &App, bank: &BankProgress) -> Option<String> {
    if let Some(failure) = &bank.failure {
        return Some(failure.message.clone());
    }
    let id = bank.enrollment_id.as_ref()?;
    let ailment = app.ailment(id).map(|ailment| ailment.short);
    ailment
        .or_else(|| app.locked(id).map(|_| "the key to its token is missing here"))
        .map(str::to_owned)
}

fn draw_account(canvas: &mut Canvas, app: &App, y: u16, account: &AccountProgress) {
    let columns = Columns::of(canvas);
    let known = own_label(app, &account.account_id, &account.name);
    let (name, digits) = match known.rsplit_once(" ·") {
        Some((name, digits)) => (name, Some(digits)),
        None => (known.as_str(), None),
    };
    rows::name(canvas, (3, y), columns.stage.saturating_sub(4), (name, digits));
    let (sign, text, role) = stage(app, account, canvas.look.wide);
    canvas.put(columns.stage, y, sign, role);
    let room = columns.room().saturating_sub(2);
    canvas.put_outside(columns.stage + 2, y, room, &text, role);
    let numbers = match &account.progress {
        Progress::Stage(_, new) => [*new, 0, 0, 0, 0, 0],
        Progress::Done(result) => numbers_of(result),
    };
    put_numbers(canvas, y, numbers, Role::Text);
    let Some(end) = columns.balance else { return };
    match ledger(app, account) {
        Some(ledger) => {
            let text = canvas.look.money(ledger);
            canvas.put_right(end, y, &text, Role::Text);
        }
        None => {
            canvas.put_right(end, y, "…", Role::Muted);
        }
    }
}

/// What the bank just said, or what was known before.
fn ledger(app: &App, account: &AccountProgress) -> Option<Money> {
    match &account.progress {
        Progress::Stage(..) => None,
        Progress::Done(result) => result
            .ledger
            .or_else(|| app.accounts.find(&account.account_id).and_then(AccountLine::ledger)),
    }
}

fn numbers_of(result: &AccountResult) -> Numbers {
    let AccountResult { new, settled, paired, changed, gone, quarantined, .. } = result;
    [*new, *settled, *paired, *changed, *gone, *quarantined]
}

fn put_numbers(canvas: &mut Canvas, y: u16, numbers: Numbers, role: Role) {
    for (number, end) in numbers.into_iter().zip(Columns::of(canvas).numbers) {
        if number == 0 {
            canvas.put_right(end, y, "·", Role::Muted);
        } else {
            canvas.put_right(end, y, &tally(number), role);
        }
    }
}

fn stage(app: &App, account: &AccountProgress, wide: bool) -> (&'static str, String, Role) {
    match &account.progress {
        Progress::Stage(stage, _) => {
            let text = match stage {
                Stage::Waiting => return (" ", "waiting".to_owned(), Role::Muted),
                Stage::Balances => "balances".to_owned(),
                Stage::Page(page) => format!("transactions, page {page}"),
                Stage::BackFill(page) => format!("older history, page {page}"),
                Stage::Judging => "comparing".to_owned(),
                Stage::Pausing(seconds) => format!("the bank asks to wait {seconds} s"),
            };
            ("▸", text, Role::Accent)
        }
        Progress::Done(result) => done(app, result, wide),
    }
}

fn done(app: &App, result: &AccountResult, wide: bool) -> (&'static str, String, Role) {
    let reason =
        || result.reason.clone().unwrap_or_else(|| outcome_word(&result.outcome).to_owned());
    match &result.outcome {
        Outcome::Ok => {
            let pages = counted(result.pages, "page");
            let reached = result.reached.map(|date| format!("to {}", day(date, app.today())));
            let text = match reached {
                // A day of another year is longer, and says more than the pages do.
                Some(reached) if !wide && reached.len() > "to Nov 20".len() => reached,
                Some(reached) => format!("{pages}, {reached}"),
                None => pages,
            };
            ("✓", text, Role::Ok)
        }
        Outcome::Skipped | Outcome::Stopped | Outcome::Busy => {
            let line = app.accounts.find(&result.account_id);
            let at = line.and_then(|line| line.overview.synced_at);
            let showing = at.map(|at| day(app.setup.zone.day(at), app.today()));
            let word = if wide { "showing " } else { "" };
            let showing = showing.map(|day| format!(", {word}{day}")).unwrap_or_default();
            (" ", format!("{}{showing}", outcome_word(&result.outcome)), Role::Muted)
        }
        Outcome::Unjudged => ("◐", reason(), Role::Warn),
        Outcome::Running => ("▸", "running".to_owned(), Role::Accent),
        _ => ("!", reason(), Role::Warn),
    }
}

fn totals(canvas: &mut Canvas, app: &App) {
    let mut sums: Numbers = [0; 6];
    for account in app.sync.banks.iter().flat_map(|bank| &bank.accounts) {
        match &account.progress {
            Progress::Stage(_, new) => sums[0] += new,
            Progress::Done(result) => {
                sums.iter_mut().zip(numbers_of(result)).for_each(|(sum, number)| *sum += number);
            }
        }
    }
    canvas.put(2, 0, if app.sync.running { "so far" } else { "together" }, Role::Muted);
    put_numbers(canvas, 0, sums, Role::Strong);
}

/// Why something failed and what to do, for the selected line or the first that failed.
fn draw_advice(canvas: &mut Canvas, app: &App) -> u16 {
    let advice = |line| advice(app, line);
    let chosen = app.sync.lines().nth(app.sync.selected).and_then(advice);
    let troubled = || app.troubled().and_then(advice);
    let Some((heading, text)) = chosen.or_else(troubled) else {
        return 0;
    };
    let mut y = u16::from(canvas.look.wide);
    canvas.put_outside(1, y, canvas.width().saturating_sub(2), &heading, Role::Warn);
    let room = usize::from(canvas.width().saturating_sub(3));
    let text = SafeText::new(&sentence(&text)).into_string();
    for line in wrap(&text, room).iter().take(4) {
        y += 1;
        canvas.put(2, y, line, Role::Text);
    }
    y + 1 + u16::from(canvas.look.wide)
}

fn advice(app: &App, line: Line) -> Option<(String, String)> {
    const SAFE: &str = "Everything saved before is still here, and nothing is duplicated.";
    match line {
        Line::Bank(bank) | Line::Account(bank, _) if needs_user(app, bank).is_some() => {
            needs_user(app, bank)
        }
        Line::Bank(bank) | Line::Account(bank, _) if bank.failure.is_some() => {
            let failure = bank.failure.as_ref()?;
            let message = failure.message.trim_end_matches('.');
            let (state, code) = match failure.code.as_str() {
                "offline" => ("CANNOT BE REACHED", String::new()),
                "rate_limited" => ("ASKS TO WAIT", String::new()),
                code => ("NEEDS YOU", format!(" ({code})")),
            };
            let heading = format!("{} {state}", bank.name.to_uppercase());
            Some((heading, format!("{message}{code}. {SAFE}")))
        }
        Line::Account(_, account) => match &account.progress {
            Progress::Done(result) if result.outcome != Outcome::Ok => {
                let reason = result.reason.clone()?;
                Some((
                    account.name.to_uppercase(),
                    format!("{}. {SAFE}", reason.trim_end_matches('.')),
                ))
            }
            _ => None,
        },
        Line::Run(run) => {
            let bad = run.results.iter().filter(|result| result.outcome != Outcome::Ok);
            let reasons = bad.filter_map(|result| {
                result.reason.as_ref().map(|reason| format!("{}: {reason}", result.name))
            });
            let reasons: Vec<String> = run.reason.clone().into_iter().chain(reasons).collect();
            (!reasons.is_empty()).then(|| ("THAT RUN".to_owned(), reasons.join(" ")))
        }
        Line::Bank(_) => None,
    }
}

/// What a bank that waits for the user has to say: what happened, what it means, what to do.
fn needs_user(app: &App, bank: &BankProgress) -> Option<(String, String)> {
    let name = bank_label(app, bank).to_uppercase();
    let id = bank.enrollment_id.as_ref()?;
    let code = bank.failure.as_ref().map(|failure| failure.code.as_str());
    if let Some(why) = app.locked(id) {
        return Some((
            format!("{name} CANNOT BE SYNCED HERE"),
            format!("{why}: press enter for that. It can be browsed all the same."),
        ));
    }
    let one = app.enrollment(id);
    let ailment = match code {
        Some("forbidden") => REFUSED,
        Some(code) if code.starts_with("enrollment.disconnected") => disconnected(code),
        Some(_) => return None,
        None => one?.ailment()?,
    };
    let code = code.or_else(|| one?.reason.as_deref()).unwrap_or("forbidden");
    let since = one.and_then(|one| one.last_success_at);
    let since = since.map(|at| format!(" up to {}", day(app.setup.zone.day(at), app.today())));
    let accounts = match bank.accounts.len() {
        0 => "its accounts keep".to_owned(),
        1 => "the account keeps".to_owned(),
        count => format!("the {count} accounts keep"),
    };
    let text = format!(
        "{what} (Teller: {code}). Everything saved{since} is still here. {remedy}: press enter on the bank, and \
         {accounts} history, notes and categories; nothing is duplicated.",
        what = ailment.what,
        since = since.unwrap_or_default(),
        remedy = sentence(ailment.remedy),
    );
    Some((format!("{name} NEEDS YOU"), text))
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
