//! What stands around every screen: tabs and age above, notices and hints below.

use super::canvas::Canvas;
use super::text::width as columns_of;
use super::theme::Role;
use super::words::{age, freshness_sign};
use crate::app::accounts::{Freshness, Pane};
use crate::app::action::{Action, Context};
use crate::app::connecting::At;
use crate::app::find::Part;
use crate::app::mouse::Target;
use crate::app::overlay::Overlay;
use crate::app::{App, Screen};
use crate::domain::{GroupBy, Life, Replica, SafeText};

const TABS: [(Screen, &str, &str); 5] = [
    (Screen::Accounts, "1 Accounts", "1 Acct"),
    (Screen::Transactions, "2 Transactions", "2 Txns"),
    (Screen::Insights, "3 Insights", "3 Insight"),
    (Screen::Recurring, "4 Recurring", "4 Recur"),
    (Screen::Sync, "5 Sync", "5 Sync"),
];

/// Rows below the body: a rule, a line of facts where there is room, the hints.
pub fn footer_rows(canvas: &Canvas) -> u16 {
    if canvas.look.wide { 3 } else { 2 }
}

pub fn header(canvas: &mut Canvas, app: &App) {
    let (width, wide) = (canvas.width(), canvas.look.wide);
    let mut x = canvas.put(1, 0, "passbook", Role::Strong) + 2;
    for (screen, long, short) in TABS {
        let name = if wide { long } else { short };
        let (open, close, role) =
            if app.screen == screen { ("[", "]", Role::Accent) } else { (" ", " ", Role::Text) };
        let start = x;
        x = canvas.put(x, 0, &format!("{open}{name}{close}"), role);
        canvas.target((start, 0), (x - start, 1), Target::Tab(screen));
    }
    let (text, sign, role) = state(app, wide);
    canvas.put_right(width.saturating_sub(1), 0, sign, role);
    let end = canvas.put_right(width.saturating_sub(3), 0, &text, Role::Text);
    if end > x + 4 {
        let mut part = canvas.part(x + 1, 0, end - x - 1 - if wide { 4 } else { 2 }, 1);
        let columns = part.width();
        // Where both have no room, what never changes makes it for what does.
        let label = Some(store_label(app, wide)).filter(|it| columns_of(it) <= columns.into());
        let label = label.unwrap_or_else(|| store_label(app, false));
        part.put_right(columns, 0, &label, Role::Muted);
    }
    canvas.rule(0, 1, width, '─');
}

/// How old the figures are, or how far a sync has come.
fn state(app: &App, wide: bool) -> (String, &'static str, Role) {
    if app.sync.running {
        let (done, all) = app.sync.done();
        let text = match (all, wide) {
            (0, _) => "syncing".to_owned(),
            (_, true) => format!("syncing {done} of {all}"),
            (_, false) => format!("syncing {done}/{all}"),
        };
        return (text, "◐", Role::Accent);
    }
    let at = app.accounts.last_synced();
    let (sign, role) = freshness_sign(app, Freshness { at, needs_you: false, ended: false });
    let text = match at {
        None => "never synced".to_owned(),
        Some(at) if wide => format!("synced {}", age(app, at, false)),
        Some(at) => age(app, at, false),
    };
    (text, sign, role)
}

fn store_label(app: &App, wide: bool) -> String {
    let setup = &app.setup;
    let replica = replica(&app.replica);
    // Where the replica is worth a word, that stands in the place of what never changes.
    let shown = wide && replica.is_none();
    let label = Some(setup.store_label.as_str()).filter(|label| shown && !label.is_empty());
    let keyless = (!app.standing.locked.is_empty()).then_some("no key");
    let flags = [(setup.demo, "demo"), (setup.offline, "offline"), (setup.read_only, "read-only")];
    let flags = flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag);
    // First: whatever is cut, this is read.
    let label = keyless.into_iter().chain(label).chain(flags).chain(replica.as_deref());
    let label = label.collect::<Vec<_>>().join(" · ");
    SafeText::new(&label).into_string()
}

/// Only what is worth a word: a replica that follows its primary closely is not.
fn replica(replica: &Replica) -> Option<String> {
    match replica {
        Replica::Used { behind } if !behind.is_zero() => {
            Some(format!("replica {} s behind", behind.as_secs()))
        }
        Replica::Unused(_) => Some("replica unused".to_owned()),
        Replica::Unknown | Replica::Used { .. } => None,
    }
}

/// The rule, the facts and the hints. `facts` stands left and right of the middle line, where
/// there is one; a notice takes its place, or that of the hints.
pub fn footer(canvas: &mut Canvas, app: &App, facts: (&str, &str)) {
    let (width, height) = (canvas.width(), canvas.height());
    let top = height.saturating_sub(footer_rows(canvas));
    canvas.rule(0, top, width, '─');
    if canvas.look.wide {
        if app.notice.is_some() {
            notice(canvas, app, top + 1);
        } else {
            canvas.put_cut(1, top + 1, width.saturating_sub(20), facts.0, Role::Muted);
        }
        canvas.put_right(width.saturating_sub(1), top + 1, facts.1, Role::Text);
        hints(canvas, app, top + 2);
    } else if app.notice.is_some() {
        notice(canvas, app, top + 1);
    } else if !app.picked.is_empty() && app.overlay.is_none() {
        canvas.put_cut(1, top + 1, width.saturating_sub(2), facts.0, Role::Strong);
    } else {
        hints(canvas, app, top + 1);
    }
}

fn notice(canvas: &mut Canvas, app: &App, y: u16) {
    let Some(notice) = &app.notice else { return };
    let role = if notice.warning { Role::Warn } else { Role::Strong };
    let x = if notice.warning { canvas.put(1, y, "! ", role) } else { 1 };
    // Wide, the place within the list stands at the end of the line.
    let kept = if canvas.look.wide { 22 } else { 1 };
    canvas.put_outside(x, y, canvas.width().saturating_sub(x + kept), &notice.text, role);
}

/// The actions whose keys are shown, most needed first; those of one hint share a word.
#[expect(clippy::too_many_lines, reason = "a flat list, an arm a place")]
fn hinted(app: &App) -> Vec<&'static [Action]> {
    use Action as A;
    const MOVE: &[A] = &[A::Down, A::Up];
    const MONTH: &[A] = &[A::PreviousMonth, A::NextMonth];
    const GROUP: &[A] = &[A::SpendingByCategory];
    const REGROUP: &[A] = &[A::Group(GroupBy::Category)];
    const SAYING: [&[A]; 4] = [&[A::SetCategory], &[A::SetNote], &[A::CopyRow], &[A::Export]];
    // Where there is no room for words.
    const SAYING_SHORT: &[A] = &[A::SetCategory, A::SetNote, A::CopyRow, A::Export];
    let nothing = app.accounts.loaded && app.accounts.lines.is_empty();
    let opened = app.detail.as_ref().map(|detail| &detail.row);
    let row = opened.or_else(|| app.list().and_then(|list| list.selected()));
    let gone = row.is_some_and(|row| row.life == Life::Gone);
    let by_hand: &[A] = if gone { &[A::MatchByHand] } else { &[] };
    match app.context() {
        Context::Accounts | Context::Transactions if nothing => {
            let hidden: &[A] = if app.accounts.hidden.is_empty() { &[] } else { &[A::ShowHidden] };
            vec![&[A::Sync], &[A::Connect], hidden, &[A::AddByHand], &[A::ShowSync], &[A::Quit]]
        }
        Context::FirstRun => vec![MOVE, &[A::Open], &[A::Quit]],
        Context::Takeover => {
            let told = app.takeover.as_ref().is_some_and(|it| it.survey.is_some());
            let report: &[A] = if told { &[A::FullReport] } else { &[] };
            let copy: &[A] = if told { &[A::CopyReport] } else { &[] };
            let go: &[A] = if told { &[A::Open] } else { &[] };
            vec![MOVE, go, report, copy, &[A::Back], &[A::Quit]]
        }
        Context::Opening if app.opening.warning => {
            vec![&[A::TryAgain], &[A::RunChecks], &[A::CopyReport], &[A::Quit]]
        }
        Context::Opening => vec![&[A::Quit]],
        Context::Accounts if by_hand_here(app) => {
            let inside = app.accounts.pane == Pane::Transactions;
            let back: &[A] = if inside { &[A::Back] } else { &[] };
            vec![
                MOVE,
                &[A::Open],
                back,
                &[A::EditValue],
                &[A::Remove],
                &[A::AddByHand],
                &[A::Find],
                &[A::SetName],
                &[A::LeaveOut],
            ]
        }
        Context::Accounts if app.accounts.pane == Pane::Accounts => {
            vec![
                MOVE,
                &[A::Open],
                &[A::Find],
                &[A::NextPane],
                &[A::Sync],
                &[A::Export],
                &[A::HideAmounts],
                &[A::Palette],
            ]
        }
        Context::Accounts | Context::Transactions => {
            let mut hints = vec![MOVE, &[A::Open] as &[A], &[A::Find], by_hand, MONTH, &[A::Sync]];
            if app.is_wide() {
                hints.extend(SAYING);
            } else {
                hints.push(SAYING_SHORT);
            }
            hints.extend([&[A::HideAmounts] as &[A], &[A::Palette]]);
            // Wide, the line of facts tells of them beside the order.
            if !app.is_wide() {
                hints.extend([&[A::Sort] as &[A], REGROUP]);
            }
            hints
        }
        Context::Groups => vec![MOVE, &[A::Open], &[A::Back], REGROUP, &[A::HideAmounts]],
        Context::Find => vec![&[A::Down], &[A::Open], &[A::Back], &[A::NextPane], &[A::SaveSearch]],
        Context::Detail => {
            vec![
                MOVE,
                &[A::Back],
                by_hand,
                &[A::SetCategory],
                &[A::SetNote],
                &[A::SetTag],
                &[A::Raw],
                &[A::CopyRow],
                &[A::Undo],
                &[A::Palette],
            ]
        }
        Context::Insights => vec![
            MOVE,
            &[A::Open],
            MONTH,
            &[A::NextRange],
            &[A::NextPane],
            GROUP,
            &[A::Dismiss],
            &[A::Explain],
            &[A::Export],
            &[A::HideAmounts],
        ],
        Context::Recurring => {
            vec![MOVE, &[A::Open], &[A::Explain], &[A::Export], &[A::HideAmounts], &[A::Palette]]
        }
        Context::Why | Context::Passphrase => vec![&[A::Back]],
        Context::Raw => vec![MOVE, &[A::Back], &[A::CopyJson]],
        Context::Sync => {
            let stop: &[A] = if app.sync.running { &[A::StopSync] } else { &[] };
            let any = app.accounts.overview.quarantined > 0;
            let aside: &[A] = if any { &[A::ShowAside] } else { &[] };
            let bank: &[A] = if app.enrollment_here().is_some() { &[A::SetName] } else { &[] };
            let end: &[A] = if bank.is_empty() { &[] } else { &[A::Remove] };
            vec![
                MOVE,
                &[A::Open],
                &[A::Sync],
                &[A::SyncFull],
                stop,
                aside,
                &[A::Problems],
                bank,
                end,
            ]
        }
        Context::Help | Context::Settings | Context::Columns => {
            vec![MOVE, &[A::Open], &[A::Back]]
        }
        Context::Problems => vec![MOVE, &[A::Open], &[A::RunChecks], &[A::Back]],
        Context::Checks => vec![MOVE, &[A::CopyReport], &[A::Back]],
        Context::Matching => vec![MOVE, &[A::Back]],
        Context::Locked => Vec::new(),
        Context::Builder => vec![&[A::Down, A::Up], &[A::Open], &[A::Back]],
        Context::Note => vec![&[A::KeepNote], &[A::Back]],
        Context::Editing => vec![&[A::Open], &[A::ToggleAlike], &[A::Back]],
        Context::Form | Context::Confirm => vec![&[A::Open], &[A::Back]],
        Context::Rules => vec![
            MOVE,
            &[A::Open],
            &[A::AddHere],
            &[A::LineDown, A::LineUp],
            &[A::PauseRule],
            &[A::RemoveRule],
            &[A::Undo],
            &[A::Back],
        ],
        Context::Duplicates => vec![MOVE, &[A::Open], &[A::Dismiss], &[A::Undo], &[A::Back]],
        Context::Preview => vec![MOVE, &[A::Open], &[A::Back]],
        Context::Connecting => linking_hints(app),
        Context::Categories if chooses_category(app) => {
            vec![MOVE, &[A::Open], &[A::NextPane], &[A::Undo], &[A::Back]]
        }
        Context::Categories => vec![
            MOVE,
            &[A::Open],
            &[A::AddHere],
            &[A::SetName],
            &[A::PutBelow],
            &[A::JoinInto],
            &[A::Remove],
            &[A::Undo],
            &[A::Back],
        ],
        Context::Export => vec![&[A::Down, A::Up], &[A::NextPane], &[A::Open], &[A::Back]],
        Context::Aside => vec![MOVE, &[A::Open], &[A::RetryAside], &[A::Back]],
    }
}

fn linking_hints(app: &App) -> Vec<&'static [Action]> {
    use Action as A;
    let Some(Overlay::Connecting(connecting)) = &app.overlay else { return Vec::new() };
    match connecting.at {
        At::Beginning => vec![&[A::Back]],
        At::Step(_) => vec![&[A::CopyReport], &[A::Back]],
        At::Doubt(_) | At::Failed(_) => vec![&[A::Open], &[A::Back]],
        At::Linked(_) => vec![&[A::Sync], &[A::Back]],
    }
}

/// Whether enter chooses in the tree, and does not open.
fn chooses_category(app: &App) -> bool {
    matches!(&app.overlay, Some(Overlay::Categories(tree)) if tree.words || tree.choosing.is_some())
}

/// Whether the selected account is one that is kept by hand.
fn by_hand_here(app: &App) -> bool {
    app.accounts.selected().is_some_and(|line| line.hand().is_some())
}

fn hints(canvas: &mut Canvas, app: &App, y: u16) {
    let gap = if canvas.look.wide { 3 } else { 2 };
    let help = hint(app, &[Action::Help]);
    let room = canvas.width().saturating_sub(1 + columns(&help));
    let mut x = 1;
    for actions in hinted(app) {
        if actions.first() == Some(&Action::Sync) && !app.setup.can_sync {
            continue;
        }
        let hint = hint(app, actions);
        if hint.0.is_empty() || x + columns(&hint) + gap > room {
            continue;
        }
        let start = x;
        x = canvas.put(x, y, &hint.0, Role::Accent);
        let end = if hint.1.is_empty() { x } else { canvas.put(x + 1, y, hint.1, Role::Muted) };
        hint_targets(canvas, (start, y), (x - start, end - start), actions);
        x = end + gap;
    }
    let start = x;
    x = canvas.put(x, y, &help.0, Role::Accent);
    x = canvas.put(x + 1, y, help.1, Role::Muted);
    canvas.target((start, y), (x - start, 1), Target::Hint(Action::Help));
}

/// The keys share their columns, the word goes with the first of them.
fn hint_targets(
    canvas: &mut Canvas,
    (x, y): (u16, u16),
    (keys, all): (u16, u16),
    actions: &[Action],
) {
    let Some(first) = actions.first() else { return };
    canvas.target((x, y), (all, 1), Target::Hint(*first));
    let share = keys.div_ceil(u16::try_from(actions.len()).unwrap_or(1).max(1));
    for (action, part) in actions.iter().skip(1).zip((1..).map(|index| share * index)) {
        canvas.target(
            (x + part, y),
            (keys.saturating_sub(part).min(share), 1),
            Target::Hint(*action),
        );
    }
}

fn columns((keys, word): &(String, &str)) -> u16 {
    u16::try_from(super::text::width(keys) + usize::from(!word.is_empty()) + word.chars().count())
        .unwrap_or(u16::MAX)
}

/// What the action does where the keys go.
fn word(app: &App, action: Action) -> &'static str {
    match (app.context(), action) {
        (Context::Duplicates, Action::Open) => "side by side",
        (Context::Duplicates, Action::Dismiss) if matches!(&app.overlay, Some(Overlay::Duplicates(it)) if it.open.is_some()) => {
            "leave out"
        }
        (Context::Duplicates, Action::Dismiss) => "no duplicate",
        (Context::Rules, Action::Open) => "change",
        (Context::Rules, Action::LineDown) => "order",
        (Context::Categories, Action::Open) if chooses_category(app) => "choose",
        (Context::Categories, Action::Open) => "its rows",
        (Context::Categories, Action::NextPane) => "tree or words",
        (Context::Find, Action::Down) => "into results",
        (Context::Transactions, Action::Open) if app.find.part == Part::Narrow => "add the word",
        (Context::Builder, Action::Open) => "choose",
        (Context::Columns, Action::Open) => "show or leave out",
        (Context::Form | Context::Connecting, Action::Open) => "go on",
        (Context::Form, Action::Back) => "cancel",
        (Context::Confirm, Action::Open) => "do it",
        (Context::Connecting, Action::CopyReport) => "copy address",
        (Context::Export, Action::Down) => "format",
        (Context::Export, Action::NextPane) => "which rows",
        (Context::Export, Action::Open) => "write",
        (Context::Note, Action::Back) => "leave it",
        (Context::Find | Context::Editing | Context::Preview, Action::Open) => "keep",
        (Context::Find, Action::Back) => "clear",
        (Context::Find, Action::NextPane) => "narrow",
        _ => action.entry().hint,
    }
}

/// The keys that put a list into another order, behind the one that it has.
pub fn orders(app: &App) -> String {
    let key = |action| app.setup.keymap.labels(action).into_iter().next();
    let group = key(Action::Group(GroupBy::Category))
        .map(|key| key.split(' ').next().unwrap_or_default().to_owned());
    let told = [
        (key(Action::Sort), "sorts by the next"),
        (key(Action::ReverseSort), "reverses"),
        (group, "groups"),
    ];
    let told = told.into_iter().filter_map(|(key, does)| Some(format!("{} {does}", key?)));
    let told = told.collect::<Vec<_>>().join(", ");
    if told.is_empty() { told } else { format!("   {told}") }
}

/// The first key of each action, an arrow where opening or going back has one, and their word.
fn hint(app: &App, actions: &[Action]) -> (String, &'static str) {
    let context = app.context();
    let key = |action: &Action| {
        let labels = app.setup.keymap.labels(*action);
        // Letters go to the line, or to the search line of the help.
        let typing = matches!(
            context,
            Context::Help
                | Context::Find
                | Context::Builder
                | Context::Editing
                | Context::Note
                | Context::Export
                | Context::Form
        );
        let moves = typing && matches!(action, Action::Down | Action::Up);
        let opens = matches!(action, Action::Open | Action::Back);
        if typing && context != Context::Help && !moves {
            return labels.iter().rfind(|label| label.chars().count() > 1).cloned();
        }
        let arrow = (moves || opens)
            .then(|| labels.iter().find(|label| matches!(label.as_str(), "→" | "←" | "↓" | "↑")))
            .flatten();
        arrow.or(labels.first()).cloned()
    };
    let shown = |action: &Action| {
        let key = key(action)?;
        // Only the prefix: what may follow is shown once it is pressed.
        let prefix =
            matches!(action, Action::CopyRow | Action::SpendingByCategory | Action::Group(_));
        let first = key.split(' ').next().unwrap_or_default().to_owned();
        Some(if prefix { first } else { key })
    };
    let keys: Vec<String> = actions.iter().filter_map(shown).collect();
    let word = match actions {
        [first] | [first, _] => word(app, *first),
        _ => "",
    };
    (keys.join(" "), word)
}

/// The small list of what may follow the keys pressed so far.
pub fn following(canvas: &mut Canvas, app: &App) {
    let Some(following) = app.following() else { return };
    let rows = u16::try_from(following.len()).unwrap_or(u16::MAX).saturating_add(2);
    let (width, height) = (canvas.width(), canvas.height());
    let (columns, rows) = (38.min(width), rows.min(height));
    let top = height.saturating_sub(footer_rows(canvas) + rows);
    let mut popup = canvas.part(width - columns, top, columns, rows);
    let mut inside = popup.framed("then", "esc drops it");
    for ((keys, action), y) in following.iter().zip(0..) {
        inside.put(2, y, keys, Role::Accent);
        inside.put(6, y, action.entry().help, Role::Text);
    }
}
