//! The only file that names a colour of the terminal: what each role of a theme looks like on it.

use ratatui::style::{Color, Modifier, Style};

pub use crate::app::theme::Role;
use crate::app::theme::{Colour, Depth, Theme as Colours};

/// A theme as this terminal can show it.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// In the order of [`Role::ALL`].
    styles: [Style; 8],
    selected: Style,
    ground: Style,
}

impl Theme {
    /// `depth` is `None` where there shall be no colour.
    pub fn new(theme: &Colours, depth: Option<Depth>) -> Self {
        // What is not painted may stand on any ground: only the palette is sure to go with it.
        let fallback = (depth == Some(Depth::Sixteen) && !theme.paint).then(Colours::terminal);
        let theme = fallback.as_ref().unwrap_or(theme);
        let show = |colour: Colour| depth.map_or(Color::Reset, |depth| shown(colour, depth));
        let styles = Role::ALL.map(|role| style(theme, role, depth.is_some(), &show));
        let plain = Style::default();
        let selected = match theme.selected.filter(|_| depth.is_some()) {
            Some(colour) => plain.bg(show(colour)),
            None => plain.add_modifier(Modifier::BOLD),
        };
        let painted = theme.paint && depth.is_some();
        let ground = if painted { plain.bg(show(theme.ground)) } else { plain };
        Self { styles, selected, ground }
    }

    pub fn style(self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// Lies under the selected row of the pane with the keys.
    pub fn selected(self) -> Style {
        self.selected
    }

    /// Lies under everything.
    pub fn ground(self) -> Style {
        self.ground
    }
}

fn style(theme: &Colours, role: Role, colour: bool, show: &dyn Fn(Colour) -> Color) -> Style {
    let own = theme.colour(role);
    let weight = match role {
        Role::Strong | Role::Accent | Role::Warn => Modifier::BOLD,
        // Labels step back by weight alone where there is no grey to trust: the palette's own
        // is the background in some schemes.
        Role::Muted if !colour || own == Colour::Default => Modifier::DIM,
        _ => Modifier::empty(),
    };
    let style = Style::default().add_modifier(weight);
    if colour { style.fg(show(own)) } else { style }
}

fn shown(colour: Colour, depth: Depth) -> Color {
    match (colour, depth) {
        (Colour::Default, _) => Color::Reset,
        (Colour::Indexed(index @ ..16), _) => PALETTE[usize::from(index)].0,
        (Colour::Rgb(red, green, blue), Depth::True) => Color::Rgb(red, green, blue),
        (Colour::Indexed(index), Depth::Indexed | Depth::True) => Color::Indexed(index),
        (colour, Depth::Sixteen) => nearest_of_palette(mixed(colour)),
        (colour, Depth::Indexed) => Color::Indexed(nearest_index(mixed(colour))),
    }
}

/// The first sixteen, and how xterm mixes them.
const PALETTE: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn mixed(colour: Colour) -> [u8; 3] {
    match colour {
        Colour::Default => [0; 3],
        Colour::Rgb(red, green, blue) => [red, green, blue],
        Colour::Indexed(index @ ..16) => PALETTE[usize::from(index)].1,
        Colour::Indexed(index @ 16..232) => {
            let step = |of: u8| STEPS[usize::from((index - 16) / of % 6)];
            [step(36), step(6), step(1)]
        }
        Colour::Indexed(index) => [8 + 10 * (index - 232); 3],
    }
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

fn nearest_of_palette(colour: [u8; 3]) -> Color {
    let nearest = PALETTE.into_iter().min_by_key(|(_, mix)| distance(*mix, colour));
    nearest.map_or(Color::Reset, |(colour, _)| colour)
}

/// Of those that every terminal mixes alike.
fn nearest_index(colour: [u8; 3]) -> u8 {
    let far = |index: &u8| distance(mixed(Colour::Indexed(*index)), colour);
    (16..=255).min_by_key(far).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_styles(theme: Theme) -> impl Iterator<Item = Style> {
        Role::ALL
            .map(|role| theme.style(role))
            .into_iter()
            .chain([theme.selected(), theme.ground()])
    }

    #[test]
    fn without_colour_no_role_has_one() {
        for theme in Colours::all() {
            for style in all_styles(Theme::new(&theme, None)) {
                assert_eq!((style.fg, style.bg), (None, None));
            }
        }
    }

    #[test]
    fn on_a_console_every_theme_keeps_to_the_palette() {
        for theme in Colours::all() {
            for style in all_styles(Theme::new(&theme, Some(Depth::Sixteen))) {
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    let mixed = matches!(colour, Color::Indexed(_) | Color::Rgb(..));
                    assert!(!mixed, "{}: {colour:?}", theme.name);
                }
            }
        }
        let high = &Colours::all()[3];
        let theme = Theme::new(high, Some(Depth::Sixteen));
        assert_eq!(theme.ground().bg, Some(Color::Black));
        assert_eq!(theme.style(Role::Text).fg, Some(Color::White));
    }

    #[test]
    fn mixed_colours_are_sent_only_where_they_are_understood() {
        let safe = &Colours::all()[4];
        let fg = |depth| Theme::new(safe, Some(depth)).style(Role::In).fg;
        assert_eq!(fg(Depth::True), Some(Color::Rgb(0x56, 0xb4, 0xe9)));
        assert_eq!(fg(Depth::Indexed), Some(Color::Indexed(74)));
    }
}
