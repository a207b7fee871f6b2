//! The only file that names a colour: what each role looks like in each theme.

use ratatui::style::{Color, Modifier, Style};

use crate::app::ThemeName;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    /// Names and figures that lead the eye.
    Strong,
    /// The selection bar, the active tab, keys.
    Accent,
    /// Labels, rules, estimates.
    Muted,
    /// Money that comes in.
    In,
    /// Money that goes out: plain, for a red wall tells nothing.
    Out,
    Warn,
    Ok,
}

#[derive(Clone, Copy, Debug)]
pub struct Theme {
    name: ThemeName,
    colour: bool,
}

impl Theme {
    pub fn new(name: ThemeName, colour: bool) -> Self {
        Self { name, colour }
    }

    pub fn style(self, role: Role) -> Style {
        let weight = match role {
            Role::Strong | Role::Accent | Role::Warn => Modifier::BOLD,
            // Labels step back by weight alone where there is no grey to trust: the palette's own
            // is the background in some schemes.
            Role::Muted if !self.colour || self.name == ThemeName::Terminal => Modifier::DIM,
            _ => Modifier::empty(),
        };
        let style = Style::default().add_modifier(weight);
        if self.colour { style.fg(self.foreground(role)) } else { style }
    }

    /// Lies under the selected row of the pane with the keys.
    pub fn selected(self) -> Style {
        match (self.colour, self.name) {
            (true, ThemeName::Dark) => Style::default().bg(Color::Indexed(236)),
            (true, ThemeName::Light) => Style::default().bg(Color::Indexed(254)),
            _ => Style::default().add_modifier(Modifier::BOLD),
        }
    }

    fn foreground(self, role: Role) -> Color {
        let [accent, muted, money_in, warn, ok] = match self.name {
            ThemeName::Dark => [75, 245, 114, 215, 114].map(Color::Indexed),
            ThemeName::Light => [25, 242, 28, 130, 28].map(Color::Indexed),
            ThemeName::Terminal => {
                [Color::Cyan, Color::Reset, Color::Green, Color::Yellow, Color::Green]
            }
        };
        match role {
            Role::Text | Role::Strong | Role::Out => Color::Reset,
            Role::Accent => accent,
            Role::Muted => muted,
            Role::In => money_in,
            Role::Warn => warn,
            Role::Ok => ok,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 8] = [
        Role::Text,
        Role::Strong,
        Role::Accent,
        Role::Muted,
        Role::In,
        Role::Out,
        Role::Warn,
        Role::Ok,
    ];

    #[test]
    fn without_colour_no_role_has_one() {
        for name in [ThemeName::Dark, ThemeName::Light, ThemeName::Terminal] {
            let theme = Theme::new(name, false);
            for style in ROLES.map(|role| theme.style(role)).into_iter().chain([theme.selected()]) {
                assert_eq!((style.fg, style.bg), (None, None));
            }
        }
    }

    #[test]
    fn the_terminal_theme_keeps_to_the_palette() {
        let theme = Theme::new(ThemeName::Terminal, true);
        for style in ROLES.map(|role| theme.style(role)).into_iter().chain([theme.selected()]) {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Indexed(_) | Color::Rgb(..)), "{colour:?}");
            }
        }
    }
}
