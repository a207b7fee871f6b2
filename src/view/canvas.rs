//! A clipped piece of the screen with the look of the day: nothing drawn on it leaves it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::text::{ascii, cut, fitting, is_right_to_left, steady, width};
use super::theme::{Role, Theme};
use crate::app::App;
use crate::app::mouse::Target;
use crate::domain::{Money, SafeText};

/// Stands for every hidden amount: neither size nor sign shows.
const MASK: &str = "•••.••";

#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a look of its own")]
pub struct Look {
    pub theme: Theme,
    pub ascii: bool,
    /// Amounts are masked.
    pub hidden: bool,
    pub wide: bool,
    /// For words alone: no rule, no box, no ground, and the mark only where the keys go.
    pub plain: bool,
}

impl Look {
    pub fn of(app: &App) -> Self {
        Self {
            theme: Theme::new(&app.setup.theme, app.setup.colour.then_some(app.setup.feel.depth)),
            ascii: app.setup.ascii,
            hidden: app.hidden,
            wide: app.is_wide(),
            plain: app.setup.feel.plain,
        }
    }

    pub fn money(self, money: Money) -> String {
        if self.hidden { MASK.to_owned() } else { money.grouped() }
    }

    /// With a plus before money that comes in.
    pub fn signed(self, money: Money) -> String {
        if self.hidden { MASK.to_owned() } else { money.signed() }
    }

    /// Money in is coloured; the mask never is, for its colour would tell the sign.
    pub fn money_role(self, money: Money) -> Role {
        if !self.hidden && money.minor > 0 { Role::In } else { Role::Out }
    }
}

/// What lies under the mouse, the latest drawn on top.
#[derive(Clone, Debug, Default)]
pub struct Targets(Vec<(Rect, Target)>);

impl Targets {
    pub fn at(&self, column: u16, row: u16) -> Option<Target> {
        let here = |(area, _): &&(Rect, Target)| area.contains((column, row).into());
        self.0.iter().rev().find(here).map(|(_, target)| *target)
    }
}

/// Coordinates count from its own corner.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    targets: &'a mut Targets,
    area: Rect,
    pub look: Look,
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer, targets: &'a mut Targets, look: Look) -> Self {
        let area = buffer.area;
        buffer.set_style(area, look.theme.ground());
        Self { buffer, targets, area, look }
    }

    /// What the mouse finds in this part of it.
    pub fn target(&mut self, (x, y): (u16, u16), (columns, rows): (u16, u16), target: Target) {
        let corner = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        let area = Rect::new(corner.0, corner.1, columns, rows).intersection(self.area);
        if !area.is_empty() {
            self.targets.0.push((area, target));
        }
    }

    /// A whole row of it is a line of the list that has the keys.
    pub fn line_target(&mut self, y: u16, place: usize) {
        self.target((0, y), (self.area.width, 1), Target::Line(place));
    }

    /// Nothing drawn so far can be clicked on: something lies on top.
    pub fn cover(&mut self) {
        self.targets.0.clear();
        if self.look.plain {
            self.clear();
        }
    }

    pub fn width(&self) -> u16 {
        self.area.width
    }

    pub fn height(&self) -> u16 {
        self.area.height
    }

    /// A part of it; what lies outside is cut off.
    pub fn part(&mut self, x: u16, y: u16, width: u16, height: u16) -> Canvas<'_> {
        let corner = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        let area = Rect::new(corner.0, corner.1, width, height).intersection(self.area);
        Canvas { buffer: self.buffer, targets: self.targets, area, look: self.look }
    }

    pub fn style(&self, role: Role) -> Style {
        self.look.theme.style(role)
    }

    /// Writes our own words or text made safe; returns the column after it.
    pub fn put(&mut self, x: u16, y: u16, text: &str, role: Role) -> u16 {
        self.put_styled(x, y, text, self.style(role))
    }

    pub fn put_styled(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        if x >= self.area.width || y >= self.area.height {
            return x;
        }
        let (text, columns) = fitting(text, usize::from(self.area.width - x));
        if text.is_ascii() {
            // Nearly all text is, and looking for its clusters would take half of a frame's time.
            for (letter, column) in text.split_inclusive(|_: char| true).zip(x..) {
                self.cell(column, y, letter, 1, style);
            }
            return x + u16::try_from(columns).unwrap_or(0);
        }
        let (mut column, mut last) = (x, None);
        for grapheme in text.graphemes(true) {
            let columns = u16::try_from(width(grapheme)).unwrap_or(0);
            if columns == 0 {
                continue;
            }
            self.cell(column, y, grapheme, columns, style);
            last = Some(column);
            column += columns;
        }
        if let Some(last) = last.filter(|_| text.chars().any(is_right_to_left)) {
            self.isolate((x, last), y);
        }
        column
    }

    /// What reads from right to left turns round by itself, and not with the columns beside it.
    fn isolate(&mut self, (first, last): (u16, u16), y: u16) {
        const BEGIN: &str = "\u{2068}";
        const END: &str = "\u{2069}";
        for (x, before, after) in [(first, BEGIN, ""), (last, "", END)] {
            let cell = &mut self.buffer[(self.area.x + x, self.area.y + y)];
            let symbol = format!("{before}{}{after}", cell.symbol());
            cell.set_symbol(&symbol);
        }
    }

    fn cell(&mut self, x: u16, y: u16, grapheme: &str, columns: u16, style: Style) {
        let (x, y) = (self.area.x + x, self.area.y + y);
        // Text from outside was made safe before; nothing else may steer the terminal either.
        let grapheme = if grapheme.chars().any(char::is_control) { "\u{2426}" } else { grapheme };
        let grapheme = &*steady(grapheme);
        let mut letters = grapheme.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if self.look.ascii => {
                self.buffer[(x, y)].set_char(ascii(letter)).set_style(style);
            }
            _ => {
                self.buffer[(x, y)].set_symbol(grapheme).set_style(style);
            }
        }
        // A wide letter hides the cells behind it; what stood there must not show through.
        for behind in 1..columns {
            let cell = &mut self.buffer[(x + behind, y)];
            cell.set_symbol(" ").set_style(style);
        }
    }

    /// In so many columns, cut with a sign if it is longer.
    pub fn put_cut(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        self.put(x, y, &cut(text, usize::from(columns)), role)
    }

    /// Text from outside, made safe and cut.
    pub fn put_outside(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        self.put_cut(x, y, columns, &SafeText::new(text), role)
    }

    /// Ends before column `end`; returns where it begins. What doesn't fit is cut at its end.
    pub fn put_right(&mut self, end: u16, y: u16, text: &str, role: Role) -> u16 {
        let end = end.min(self.area.width);
        let shown = cut(text, usize::from(end));
        let x = end - u16::try_from(width(&shown)).unwrap_or(end).min(end);
        self.put(x, y, &shown, role);
        x
    }

    /// An amount in a column that ends before `end`, its point under the others' points: `decimals`
    /// are the most that any amount of the column has.
    pub fn put_money(
        &mut self,
        end: u16,
        y: u16,
        (text, exponent): (&str, u32),
        decimals: u32,
        role: Role,
    ) -> u16 {
        let columns = |exponent: u32| if exponent == 0 { 0 } else { exponent + 1 };
        let blank = columns(decimals).saturating_sub(columns(exponent));
        let blank = if self.look.hidden { 0 } else { u16::try_from(blank).unwrap_or(0) };
        self.put_right(end.saturating_sub(blank), y, text, role)
    }

    /// The same sign all along a row.
    pub fn rule(&mut self, x: u16, y: u16, columns: u16, sign: char) {
        self.line(x, y, columns, sign, self.style(Role::Muted));
    }

    fn line(&mut self, x: u16, y: u16, columns: u16, sign: char, style: Style) {
        let sign = if self.look.ascii { ascii(sign) } else { sign };
        if y >= self.area.height || self.look.plain {
            return;
        }
        for column in x..x.saturating_add(columns).min(self.area.width) {
            self.buffer[(self.area.x + column, self.area.y + y)].set_char(sign).set_style(style);
        }
    }

    /// The same sign down a column.
    pub fn upright(&mut self, x: u16, y: u16, rows: u16, sign: &str) {
        if self.look.plain {
            return;
        }
        for row in y..y.saturating_add(rows).min(self.area.height) {
            self.put(x, row, sign, Role::Muted);
        }
    }

    /// Marks a row as the selected one: a bar at its edge, and a ground under it where the keys go.
    pub fn select(&mut self, y: u16, focused: bool) {
        if y >= self.area.height || self.area.width == 0 {
            return;
        }
        if self.look.plain {
            if focused {
                self.buffer[(0, self.area.y + y)].set_symbol("▌");
            }
            return;
        }
        if focused {
            let row = Rect::new(self.area.x, self.area.y + y, self.area.width, 1);
            self.buffer.set_style(row, self.look.theme.selected());
        }
        self.put(0, y, "▌", if focused { Role::Accent } else { Role::Muted });
    }

    /// Empties it, so that an overlay hides what lies below.
    pub fn clear(&mut self) {
        // Half a wide letter left of the edge would swallow the edge when it is drawn.
        for y in self.area.top()..self.area.bottom() {
            if self.area.left() > self.buffer.area.left() {
                let cell = &mut self.buffer[(self.area.left() - 1, y)];
                if width(cell.symbol()) > 1 {
                    cell.set_symbol(" ");
                }
            }
        }
        for y in self.area.top()..self.area.bottom() {
            for x in self.area.left()..self.area.right() {
                self.buffer[(x, y)].reset();
            }
        }
        self.buffer.set_style(self.area, self.look.theme.ground());
    }

    /// A box with a title on its upper edge and a hint on its lower one; returns the inside.
    pub fn framed(&mut self, title: &str, hint: &str) -> Canvas<'_> {
        self.clear();
        let (width, height) = (self.area.width, self.area.height);
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        self.rule(0, 0, width, '─');
        self.rule(0, bottom, width, '─');
        self.upright(0, 0, height, "│");
        self.upright(right, 0, height, "│");
        let corners = if self.look.plain { 0 } else { 4 };
        for (x, y, corner) in [(0, 0, "╭"), (right, 0, "╮"), (0, bottom, "╰"), (right, bottom, "╯")]
            .into_iter()
            .take(corners)
        {
            self.put(x, y, corner, Role::Muted);
        }
        self.put(
            2,
            0,
            &cut(&format!(" {title} "), usize::from(width.saturating_sub(4))),
            Role::Accent,
        );
        self.put_right(right.saturating_sub(1), bottom, &format!(" {hint} "), Role::Muted);
        self.part(1, 1, width.saturating_sub(2), height.saturating_sub(2))
    }
}
