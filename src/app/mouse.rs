//! What the mouse finds, and what it does there.

use super::Screen;
use super::accounts::Pane;
use super::action::Action;
use super::insights;

/// What lies somewhere on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Tab(Screen),
    /// A key that is named at the bottom.
    Hint(Action),
    /// A line of the accounts, by its place.
    Account(usize),
    /// A row of the list of transactions, by its place in what is loaded.
    Transaction(usize),
    /// A line beside a search, which narrows it down.
    Narrowing(usize),
    /// A line of one part of the insights.
    Insight(insights::Part, usize),
    /// A line of any other list.
    Line(usize),
    /// A pane where it has no line.
    Pane(Pane),
    /// The line between two panes.
    Divider,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// `double`: the second in a moment at the same place.
    Press {
        target: Option<Target>,
        double: bool,
    },
    /// To this column, with the button held down.
    Drag {
        column: u16,
    },
    Release,
    Wheel {
        target: Option<Target>,
        down: bool,
    },
}
