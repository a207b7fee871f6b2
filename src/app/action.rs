//! Everything a key can ask for: one table, from which help, hints and the key file are printed.

mod context;
mod places;
mod words;

pub use context::Context;
pub use words::{Action, Group};

use crate::domain::GroupBy;
use Action as A;
use Context as C;
use Group as G;
use places::{
    ACCOUNTS, BACK, BUILDS, BY_MONTH, CHOICES, CHOOSABLE, DERIVED, DISMISSED, EVERYWHERE, EXPORTS,
    FINDS, FOUND, GROUPED, INSIGHTS, KEPT, LISTS, MONTHS, MOVED, MOVES, NAMED, OPENED, PANES,
    RECALLS, REPORTS, ROWS, SCREENS, SYNCS, TO_TREE, UNDONE,
};

/// One line of the table.
#[derive(Debug)]
pub struct Entry {
    pub action: Action,
    /// As the key file calls it.
    pub name: &'static str,
    /// Default keys; a space parts the keys of a sequence.
    pub keys: &'static [&'static str],
    pub help: &'static str,
    /// One or two words for the hints at the bottom.
    pub hint: &'static str,
    pub group: Group,
    pub contexts: &'static [Context],
}

impl Entry {
    pub fn applies(&self, context: Context) -> bool {
        self.contexts.contains(&context)
    }
}

impl Action {
    pub fn entry(self) -> &'static Entry {
        ACTIONS.iter().find(|entry| entry.action == self).expect("every action is in the table")
    }

    pub fn named(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }
}

const fn entry(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    (help, hint): (&'static str, &'static str),
    group: Group,
    contexts: &'static [Context],
) -> Entry {
    Entry { action, name, keys, help, hint, group, contexts }
}

const fn recall(digit: u8, name: &'static str, keys: &'static [&'static str]) -> Entry {
    entry(A::Recall(digit), name, keys, ("a search that was kept", "searches"), G::Look, RECALLS)
}

pub const ACTIONS: &[Entry] = &[
    entry(A::Down, "row_down", &["j", "down"], ("row down", "move"), G::Move, MOVES),
    entry(A::Up, "row_up", &["k", "up"], ("row up", "up"), G::Move, MOVES),
    entry(A::HalfPageDown, "half_page_down", &["ctrl-d"], ("half a page down", ""), G::Move, MOVES),
    entry(A::HalfPageUp, "half_page_up", &["ctrl-u"], ("half a page up", ""), G::Move, MOVES),
    entry(A::PageDown, "page_down", &["pagedown"], ("page down", ""), G::Move, MOVES),
    entry(A::PageUp, "page_up", &["pageup"], ("page up", ""), G::Move, MOVES),
    entry(A::First, "first", &["g g", "home"], ("first row", "first"), G::Move, MOVES),
    entry(A::Last, "last", &["G", "end"], ("last row", "last"), G::Move, MOVES),
    entry(A::Open, "open", &["l", "right", "enter"], ("open, go deeper", "open"), G::Move, CHOICES),
    entry(A::Back, "back", &["h", "left", "esc"], ("back one step", "back"), G::Move, BACK),
    entry(A::NextPane, "next_pane", &["tab"], ("next pane", "pane"), G::Move, PANES),
    entry(A::PreviousPane, "previous_pane", &["backtab"], ("previous pane", ""), G::Move, PANES),
    entry(A::ThisMonth, "this_month", &["T"], ("this month", ""), G::Move, BY_MONTH),
    entry(A::PreviousMonth, "previous_month", &["["], ("month before", "month"), G::Move, BY_MONTH),
    entry(A::NextMonth, "next_month", &["]"], ("month after", "month"), G::Move, BY_MONTH),
    entry(A::Find, "find", &["/"], ("find as you type", "find"), G::Look, SCREENS),
    entry(A::BuildFilter, "build_filter", &["f"], ("build a filter", "filter"), G::Look, BUILDS),
    entry(A::DropWord, "drop_word", &["backspace"], ("drop the last word", "drop"), G::Look, FINDS),
    entry(A::SaveSearch, "save_search", &["ctrl-s"], ("keep this search", "save"), G::Look, FINDS),
    recall(1, "search_1", &["alt-1", "' 1"]),
    recall(2, "search_2", &["alt-2", "' 2"]),
    recall(3, "search_3", &["alt-3", "' 3"]),
    recall(4, "search_4", &["alt-4", "' 4"]),
    recall(5, "search_5", &["alt-5", "' 5"]),
    recall(6, "search_6", &["alt-6", "' 6"]),
    recall(7, "search_7", &["alt-7", "' 7"]),
    recall(8, "search_8", &["alt-8", "' 8"]),
    recall(9, "search_9", &["alt-9", "' 9"]),
    entry(A::ShowAccounts, "accounts", &["1"], ("accounts", "accounts"), G::Look, SCREENS),
    entry(
        A::ShowTransactions,
        "transactions",
        &["2"],
        ("all transactions", "transactions"),
        G::Look,
        SCREENS,
    ),
    entry(A::ShowInsights, "insights", &["3"], ("insights", "insights"), G::Look, SCREENS),
    entry(A::ShowRecurring, "recurring", &["4"], ("what recurs", "recurring"), G::Look, SCREENS),
    entry(A::ShowSync, "sync_screen", &["5"], ("sync and its runs", "sync"), G::Look, SCREENS),
    entry(A::ShowGone, "show_gone", &["w"], ("withdrawn rows too", "withdrawn"), G::Look, LISTS),
    entry(
        A::ShowOnlyGone,
        "show_only_gone",
        &["W"],
        ("withdrawn rows only", "withdrawn"),
        G::Look,
        LISTS,
    ),
    entry(
        A::ShowAside,
        "kept_aside",
        &["a"],
        ("rows kept aside", "aside"),
        G::Look,
        &[C::Sync, C::Aside],
    ),
    entry(
        A::FullReport,
        "full_report",
        &["d"],
        ("all that was found", "full report"),
        G::Look,
        FOUND,
    ),
    entry(A::NextRange, "range", &["t"], ("range of the chart", "range"), G::Look, INSIGHTS),
    entry(A::NextCurrency, "currency", &["$"], ("other currency", "currency"), G::Look, INSIGHTS),
    entry(
        A::SpendingByCategory,
        "spending_by_category",
        &["g c"],
        ("spending by category", "group"),
        G::Look,
        INSIGHTS,
    ),
    entry(
        A::SpendingByMerchant,
        "spending_by_merchant",
        &["g m"],
        ("spending by merchant", "group"),
        G::Look,
        INSIGHTS,
    ),
    entry(
        A::SpendingByAccount,
        "spending_by_account",
        &["g a"],
        ("spending by account", "group"),
        G::Look,
        INSIGHTS,
    ),
    entry(A::Dismiss, "dismiss", &["x"], ("not interesting", "dismiss"), G::Look, DISMISSED),
    entry(
        A::ShowDuplicates,
        "duplicates",
        &["d"],
        ("rows that look alike", "alike"),
        G::Look,
        SCREENS,
    ),
    entry(A::Explain, "explain", &["e"], ("why is this here", "why"), G::Look, DERIVED),
    entry(A::Twin, "twin", &["o"], ("other half of a transfer", "twin"), G::Look, MONTHS),
    entry(
        A::PartTransfer,
        "part_transfer",
        &["P"],
        ("this is no transfer", "part"),
        G::Look,
        &[C::Detail],
    ),
    entry(A::Sort, "sort", &["s"], ("sort by the next", "sort"), G::Look, LISTS),
    entry(A::ReverseSort, "reverse", &["S"], ("reverse the order", "reverse"), G::Look, LISTS),
    entry(
        A::Group(GroupBy::Account),
        "group_by_account",
        &["g a"],
        ("group by account", "group"),
        G::Look,
        GROUPED,
    ),
    entry(
        A::Group(GroupBy::Category),
        "group_by_category",
        &["g c"],
        ("group by category", "group"),
        G::Look,
        GROUPED,
    ),
    entry(
        A::Group(GroupBy::Merchant),
        "group_by_merchant",
        &["g m"],
        ("group by merchant", "group"),
        G::Look,
        GROUPED,
    ),
    entry(
        A::Group(GroupBy::Month),
        "group_by_month",
        &["g t"],
        ("group by month", "group"),
        G::Look,
        GROUPED,
    ),
    entry(A::Ungroup, "ungroup", &["g n"], ("no groups", "rows"), G::Look, GROUPED),
    entry(A::Columns, "columns", &["|"], ("columns of the list", "columns"), G::Look, CHOOSABLE),
    entry(A::Zoom, "zoom", &["z"], ("this pane only", "zoom"), G::Look, LISTS),
    entry(A::Raw, "raw", &["i"], ("raw record as JSON", "raw"), G::Look, ROWS),
    entry(
        A::HideAmounts,
        "hide_amounts",
        &["p"],
        ("hide or show amounts", "hide"),
        G::Look,
        SCREENS,
    ),
    entry(A::Pick, "pick", &["space"], ("pick this row", "pick"), G::Yours, CHOOSABLE),
    entry(A::PickRange, "pick_range", &["v"], ("pick a range", ""), G::Yours, LISTS),
    entry(A::PickAll, "pick_all", &["ctrl-a"], ("pick all shown", ""), G::Yours, LISTS),
    entry(A::SetCategory, "category", &["c"], ("category", "category"), G::Yours, MONTHS),
    entry(A::SetNote, "note", &["n"], ("note", "note"), G::Yours, MONTHS),
    entry(A::SetTag, "tag", &["#"], ("tag", "tag"), G::Yours, MONTHS),
    entry(A::SetName, "name", &["m"], ("name: merchant, account, bank", "name"), G::Yours, NAMED),
    entry(A::LeaveOut, "leave_out", &["x"], ("leave out, hide account", "hide"), G::Yours, MONTHS),
    entry(
        A::ToggleAlike,
        "alike",
        &["tab"],
        ("all rows alike: a rule", "all alike"),
        G::Yours,
        &[C::Editing],
    ),
    entry(A::KeepNote, "keep_note", &["ctrl-s"], ("keep the note", "keep"), G::Yours, &[C::Note]),
    entry(A::Undo, "undo", &["u"], ("undo", "undo"), G::Yours, UNDONE),
    entry(A::Redo, "redo", &["U"], ("redo", ""), G::Yours, UNDONE),
    entry(
        A::AddByHand,
        "add_by_hand",
        &["A"],
        ("add an account", "add by hand"),
        G::Yours,
        ACCOUNTS,
    ),
    entry(A::EditValue, "add_value", &["+"], ("value of an account", "value"), G::Yours, ACCOUNTS),
    entry(A::Remove, "remove", &["D", "delete"], ("remove, asks first", "remove"), G::Yours, KEPT),
    entry(A::ShowHidden, "show_hidden", &["H"], ("show hidden ones", "hidden"), G::Yours, ACCOUNTS),
    entry(
        A::LineDown,
        "account_down",
        &["alt-j"],
        ("account, rule down", "lower"),
        G::Yours,
        MOVED,
    ),
    entry(A::LineUp, "account_up", &["alt-k"], ("account, rule up", "higher"), G::Yours, MOVED),
    entry(A::ShowRules, "rules", &["="], ("rules", "rules"), G::Yours, SCREENS),
    entry(
        A::RemoveRule,
        "remove_rule",
        &["x"],
        ("take this rule away", "remove"),
        G::Yours,
        &[C::Rules],
    ),
    entry(
        A::PauseRule,
        "pause_rule",
        &["space"],
        ("this rule off or on", "off/on"),
        G::Yours,
        &[C::Rules],
    ),
    entry(
        A::ShowCategories,
        "categories",
        &["C", "ctrl-t"],
        ("the tree of categories", "categories"),
        G::Yours,
        TO_TREE,
    ),
    entry(A::AddHere, "add", &["a"], ("add one here", "add"), G::Yours, &[C::Categories, C::Rules]),
    entry(
        A::PutBelow,
        "put_below",
        &[">"],
        ("put below another one", "put below"),
        G::Yours,
        &[C::Categories],
    ),
    entry(
        A::JoinInto,
        "join_into",
        &["M"],
        ("make part of another one", "join"),
        G::Yours,
        &[C::Categories],
    ),
    entry(A::Sync, "sync", &["r", "f5"], ("sync all now", "sync"), G::Bank, SYNCS),
    entry(A::SyncFull, "sync_full", &["R"], ("fetch all again", "full"), G::Bank, SCREENS),
    entry(A::StopSync, "stop_sync", &["ctrl-x"], ("stop a sync", "stop"), G::Bank, SCREENS),
    entry(A::Connect, "connect", &["B"], ("connect a bank", "connect"), G::Bank, SCREENS),
    entry(A::CopyOver, "copy_over", &["c"], ("copy into passbook", "copy in"), G::Bank, FOUND),
    entry(A::UseInPlace, "use_in_place", &["u"], ("use it in place", "in place"), G::Bank, FOUND),
    entry(A::JustView, "just_view", &["v"], ("just view it", "view"), G::Bank, FOUND),
    entry(
        A::TakeByHand,
        "take_by_hand",
        &["a"],
        ("what was kept by hand", "by hand"),
        G::Bank,
        FOUND,
    ),
    entry(A::MatchByHand, "match_by_hand", &["M"], ("match by hand", "match"), G::Bank, MONTHS),
    entry(
        A::RetryAside,
        "retry_aside",
        &["t"],
        ("read them again", "try again"),
        G::Bank,
        &[C::Aside],
    ),
    entry(A::CopyRow, "copy_row", &["y y"], ("copy the row", "copy"), G::Copy, ROWS),
    entry(A::CopyAmount, "copy_amount", &["y a"], ("copy the amount", ""), G::Copy, ROWS),
    entry(A::CopyId, "copy_id", &["y i"], ("copy Teller's id", ""), G::Copy, ROWS),
    entry(
        A::CopyDescription,
        "copy_description",
        &["y d"],
        ("copy the description", ""),
        G::Copy,
        ROWS,
    ),
    entry(A::CopyJson, "copy_json", &["y j"], ("copy the JSON", "copy"), G::Copy, ROWS),
    entry(A::Export, "export", &["E"], ("export to a file", "export"), G::Copy, EXPORTS),
    entry(A::CopyReport, "copy_report", &["y"], ("copy the report", "copy"), G::Copy, REPORTS),
    entry(A::Help, "help", &["?", "f1"], ("keys for here", "keys"), G::App, EVERYWHERE),
    entry(
        A::Palette,
        "palette",
        &[":", "ctrl-p"],
        ("any command by name", "do…"),
        G::App,
        EVERYWHERE,
    ),
    entry(A::Settings, "settings", &[","], ("settings and theme", "settings"), G::App, OPENED),
    entry(A::NextTheme, "next_theme", &[], ("the next theme", ""), G::App, OPENED),
    entry(A::Lock, "lock", &["L"], ("lock the screen", "lock"), G::App, OPENED),
    entry(
        A::ToggleMouse,
        "toggle_mouse",
        &["alt-m"],
        ("mouse to the terminal or back", ""),
        G::App,
        OPENED,
    ),
    entry(A::Problems, "problems", &["!"], ("problems", "problems"), G::App, OPENED),
    entry(
        A::TryAgain,
        "try_again",
        &["t"],
        ("try to open again", "try again"),
        G::App,
        &[C::Opening],
    ),
    entry(
        A::RunChecks,
        "run_checks",
        &["d"],
        ("check everything", "checks"),
        G::App,
        &[C::Opening, C::Problems],
    ),
    entry(A::Redraw, "redraw", &["ctrl-l"], ("draw it all again", ""), G::App, EVERYWHERE),
    entry(A::Suspend, "suspend", &["ctrl-z"], ("suspend to the shell", ""), G::App, EVERYWHERE),
    entry(A::Quit, "quit", &["q"], ("close, then quit", "quit"), G::App, EVERYWHERE),
    entry(A::QuitNow, "quit_now", &["ctrl-c"], ("quit at once", ""), G::App, EVERYWHERE),
];
