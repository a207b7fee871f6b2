//! Themes as files name them: a colour for each role, without a word about how it is drawn.

use std::fmt;

use toml::de::{DeTable, DeValue};

/// What a piece of the screen is, whatever its colour.
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

impl Role {
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Strong,
        Self::Accent,
        Self::Muted,
        Self::In,
        Self::Out,
        Self::Warn,
        Self::Ok,
    ];

    /// As a theme file calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Strong => "strong",
            Self::Accent => "accent",
            Self::Muted => "muted",
            Self::In => "in",
            Self::Out => "out",
            Self::Warn => "warn",
            Self::Ok => "ok",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Default,
    /// By its number: below 16 the terminal says what it looks like.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// The first sixteen, as the palette numbers them.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

impl Colour {
    /// `default`, `cyan`, `bright-cyan`, `#56b4e9`.
    fn named(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        if let Some(index) = NAMES.iter().position(|name| *name == text) {
            return u8::try_from(index).ok().map(Self::Indexed);
        }
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self::Rgb(red, green, blue))
    }

    fn read(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::String(text) => Self::named(text),
            DeValue::Integer(number) => number.as_str().parse().ok().map(Self::Indexed),
            _ => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    pub help: String,
    /// In the order of [`Role::ALL`].
    colours: [Colour; 8],
    /// Under the selected row; without one the row is bold.
    pub selected: Option<Colour>,
    /// What the colours are meant to stand on.
    pub ground: Colour,
    /// The ground is painted; otherwise the terminal's own stays.
    pub paint: bool,
}

impl Theme {
    pub fn dark() -> Self {
        Self::built_in("dark", include_str!("../../assets/themes/dark.toml"))
    }

    /// Those that need no file, the default first.
    pub fn all() -> Vec<Self> {
        vec![
            Self::dark(),
            Self::built_in("light", include_str!("../../assets/themes/light.toml")),
            Self::terminal(),
            Self::built_in("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
            Self::built_in(
                "colour-blind-safe",
                include_str!("../../assets/themes/colour-blind-safe.toml"),
            ),
        ]
    }

    /// What sixteen colours are enough for.
    pub fn terminal() -> Self {
        Self::built_in("terminal", include_str!("../../assets/themes/terminal.toml"))
    }

    fn built_in(name: &str, text: &str) -> Self {
        let (theme, problems) = Self::parse(name, text);
        assert!(problems.is_empty(), "the embedded themes parse: {problems:?}");
        theme
    }

    pub fn colour(&self, role: Role) -> Colour {
        self.colours[role as usize]
    }

    /// A user's theme, and a line for everything in it that was left out. What it does not name is
    /// as in the dark one.
    pub fn of_user(name: &str, text: &str) -> (Self, Vec<String>) {
        let (theme, problems) = Self::parse(name, text);
        let told = |(line, what)| format!("themes/{name}.toml, line {line}: {what}");
        (theme, problems.into_iter().map(told).collect())
    }

    fn parse(name: &str, text: &str) -> (Self, Vec<(usize, String)>) {
        let mut theme = if name == "dark" { Self::blank() } else { Self::dark() };
        name.clone_into(&mut theme.name);
        let line = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = error.span().map_or(1, |span| line(span.start));
                return (theme, vec![(line, error.message().to_owned())]);
            }
        };
        let mut problems = Vec::new();
        let names_text = table.contains_key("text");
        theme.help = format!("your own, {name}.toml");
        if names_text {
            // Another text colour stands on another ground.
            theme.selected = None;
            theme.ground = Colour::Default;
        }
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut said = [false; 8];
        for (key, value) in entries {
            if let Err(what) = theme.set(key.get_ref(), value.get_ref(), &mut said) {
                problems.push((line(value.span().start), what));
            }
        }
        theme.follow_text(said);
        (theme, problems)
    }

    fn blank() -> Self {
        Self {
            name: String::new(),
            help: String::new(),
            colours: [Colour::Default; 8],
            selected: None,
            ground: Colour::Default,
            paint: false,
        }
    }

    fn set(&mut self, key: &str, value: &DeValue, said: &mut [bool; 8]) -> Result<(), String> {
        let colour = || {
            Colour::read(value).ok_or_else(|| {
                "a colour is \"#rrggbb\", a number up to 255, a name such as \"cyan\" or \
                 \"bright-cyan\", or \"default\""
                    .to_owned()
            })
        };
        match (key, value) {
            ("help", DeValue::String(text)) => self.help = text.to_string(),
            ("paint", DeValue::Boolean(paint)) => self.paint = *paint,
            ("paint", _) => return Err("paint is true or false".to_owned()),
            ("ground", _) => self.ground = colour()?,
            ("selected", _) => self.selected = Some(colour()?),
            _ => {
                let role = Role::ALL.into_iter().find(|role| role.name() == key);
                let role = role.ok_or_else(|| format!("no role is called {key}"))?;
                self.colours[role as usize] = colour()?;
                said[role as usize] = true;
            }
        }
        Ok(())
    }

    /// What leads the eye and what goes out look like text, unless the file says otherwise.
    fn follow_text(&mut self, said: [bool; 8]) {
        if said[Role::Text as usize] {
            for role in [Role::Strong, Role::Out] {
                if !said[role as usize] {
                    self.colours[role as usize] = self.colour(Role::Text);
                }
            }
        }
    }
}

impl fmt::Debug for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Theme({})", self.name)
    }
}

/// What the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    Sixteen,
    #[default]
    Indexed,
    True,
}

impl Depth {
    /// As the environment tells it; a terminal of which nothing is known has 256 today.
    pub fn of(term: Option<&str>, colour_term: Option<&str>) -> Self {
        if matches!(colour_term, Some("truecolor" | "24bit")) {
            return Self::True;
        }
        let few = ["linux", "ansi", "cons25", "console", "vt100", "vt102", "vt220", "dumb"];
        let term = term.unwrap_or_default();
        let sixteen = few.contains(&term) || term.contains("16color") || term.contains("-8color");
        if sixteen { Self::Sixteen } else { Self::Indexed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As xterm mixes them.
    fn rgb(colour: Colour) -> Option<[u8; 3]> {
        match colour {
            Colour::Rgb(red, green, blue) => Some([red, green, blue]),
            Colour::Indexed(index @ 16..=231) => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let cube = index - 16;
                Some([level(cube / 36), level(cube / 6 % 6), level(cube % 6)])
            }
            Colour::Indexed(index @ 232..) => Some([8 + 10 * (index - 232); 3]),
            _ => None,
        }
    }

    fn luminance(colour: [u8; 3]) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = colour.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG's contrast ratio.
    fn contrast(one: Colour, other: Colour) -> Option<f64> {
        let (one, other) = (luminance(rgb(one)?), luminance(rgb(other)?));
        Some((one.max(other) + 0.05) / (one.min(other) + 0.05))
    }

    #[test]
    fn every_colour_stands_out_from_what_it_stands_on() {
        for theme in Theme::all() {
            let least = if theme.name == "high-contrast" { 7.0 } else { 4.5 };
            let mut measured = 0;
            for role in Role::ALL {
                let grounds = [Some(theme.ground), theme.selected];
                for ground in grounds.into_iter().flatten() {
                    let Some(ratio) = contrast(theme.colour(role), ground) else { continue };
                    assert!(ratio >= least, "{}: {role:?} {ratio:.2}", theme.name);
                    measured += 1;
                }
            }
            assert!(measured >= 10 || theme.name == "terminal", "{}: {measured}", theme.name);
        }
    }

    #[test]
    fn black_on_white_is_twenty_one_to_one() {
        let ratio = contrast(Colour::Rgb(0, 0, 0), Colour::Rgb(255, 255, 255)).unwrap();
        assert!((ratio - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_users_theme_names_only_what_it_changes() {
        let (theme, problems) = Theme::of_user("mine", "accent = \"#ff0000\"\nselected = 17\n");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(theme.colour(Role::Accent), Colour::Rgb(255, 0, 0));
        assert_eq!(theme.colour(Role::Muted), Theme::dark().colour(Role::Muted));
        assert_eq!((theme.name.as_str(), theme.selected), ("mine", Some(Colour::Indexed(17))));
    }

    #[test]
    fn mistakes_are_named_by_line_and_the_rest_still_loads() {
        let text = "accent = \"neon\"\nmuted = 300\nshine = 3\nwarn = \"red\"\npaint = 1\n";
        let (theme, problems) = Theme::of_user("mine", text);
        let lines: Vec<&str> = problems.iter().map(|it| &it[..it.find(':').unwrap()]).collect();
        assert_eq!(lines, [1, 2, 3, 5].map(|line| format!("themes/mine.toml, line {line}")));
        assert_eq!(theme.colour(Role::Warn), Colour::Indexed(1));
        let (theme, problems) = Theme::of_user("mine", "accent = 3\n?\n");
        assert!(problems[0].starts_with("themes/mine.toml, line 2: "), "{problems:?}");
        assert_eq!(theme.colour(Role::Accent), Theme::dark().colour(Role::Accent));
    }

    #[test]
    fn a_console_has_sixteen_colours() {
        for (term, colour_term, depth) in [
            (Some("linux"), None, Depth::Sixteen),
            (Some("xterm-16color"), None, Depth::Sixteen),
            (Some("xterm-256color"), None, Depth::Indexed),
            (Some("tmux-256color"), Some("truecolor"), Depth::True),
            (None, None, Depth::Indexed),
        ] {
            assert_eq!(Depth::of(term, colour_term), depth, "{term:?}");
        }
    }
}
