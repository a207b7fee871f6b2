//! A ratatui buffer as an SVG picture: letters as text, blocks and lines as shapes without seams.

use std::collections::BTreeMap;

use passbook::view::text::width;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

const CELL: (u16, u16) = (9, 20);
const MARGIN: u16 = 16;
const BASELINE: u16 = 15;
const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const GROUND: &str = "#15181e";
const LETTERS: &str = "#d5d9e0";
const FONT: &str = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace";

pub fn render(buffer: &Buffer) -> String {
    let (width, height) = (buffer.area.width * CELL.0, buffer.area.height * CELL.1);
    let mut shapes = Shapes::default();
    let mut text = Vec::new();
    for y in 0..buffer.area.height {
        draw_row(buffer, y, &mut shapes, &mut text);
    }
    let (outer_width, outer_height) = (width + 2 * MARGIN, height + 2 * MARGIN);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer_width} {outer_height}" width="{outer_width}" height="{outer_height}">
<rect width="100%" height="100%" rx="10" fill="{GROUND}"/>
<g transform="translate({MARGIN} {MARGIN})">
<g shape-rendering="crispEdges">
{}</g>
<g font-family="{FONT}" font-size="15">
{}
</g>
</g>
</svg>
"#,
        shapes.paths(),
        text.join("\n")
    )
}

fn draw_row(buffer: &Buffer, y: u16, shapes: &mut Shapes, text: &mut Vec<String>) {
    let mut word = Word::default();
    let mut x = 0;
    while x < buffer.area.width {
        let cell = &buffer[(x, y)];
        let columns = u16::try_from(width(cell.symbol()).max(1)).unwrap_or(1);
        let look = Look::of(cell);
        if look.ground != GROUND {
            shapes.add(&look.ground, "", [x * CELL.0, y * CELL.1, columns * CELL.0, CELL.1]);
        }
        let drawn = shapes.add_glyph(cell.symbol(), &look.letters, (x, y));
        if drawn || cell.symbol() == " " || word.look != look {
            std::mem::take(&mut word).write((x, y), text);
        }
        if !drawn && cell.symbol() != " " {
            word.look = look;
            word.letters += cell.symbol();
            word.columns += columns;
        }
        x += columns;
    }
    word.write((x, y), text);
}

/// Letters of one look that stand side by side.
#[derive(Default)]
struct Word {
    letters: String,
    columns: u16,
    look: Look,
}

impl Word {
    fn write(self, (end, y): (u16, u16), out: &mut Vec<String>) {
        if self.columns == 0 {
            return;
        }
        let (x, y) = ((end - self.columns) * CELL.0, y * CELL.1 + BASELINE);
        let letters = self.letters.replace('&', "&amp;").replace('<', "&lt;");
        // A font of another width must not move what follows.
        let length = format!(r#"textLength="{}""#, self.columns * CELL.0);
        let Look { letters: colour, extras, .. } = self.look;
        out.push(format!(
            r#"<text x="{x}" y="{y}" {length} fill="{colour}"{extras}>{letters}</text>"#
        ));
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Look {
    letters: String,
    ground: String,
    extras: String,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (mut letters, mut ground) = (colour(cell.fg, LETTERS), colour(cell.bg, GROUND));
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut letters, &mut ground);
        }
        let extras = [
            (Modifier::BOLD, r#" font-weight="bold""#),
            (Modifier::ITALIC, r#" font-style="italic""#),
            (Modifier::UNDERLINED, r#" text-decoration="underline""#),
            (Modifier::DIM, r#" fill-opacity="0.6""#),
        ];
        let extras = extras.into_iter().filter(|(modifier, _)| cell.modifier.contains(*modifier));
        Self { letters, ground, extras: extras.map(|(_, extra)| extra).collect() }
    }
}

/// The colours of xterm's cube and greys; the sixteen of the palette are each terminal's own.
fn colour(colour: Color, default: &str) -> String {
    let (red, green, blue) = match colour {
        Color::Rgb(red, green, blue) => (red, green, blue),
        Color::Indexed(index @ 232..) => [8 + 10 * (index - 232); 3].into(),
        Color::Indexed(index @ 16..) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let index = index - 16;
            (level(index / 36), level(index / 6 % 6), level(index % 6))
        }
        _ => return default.to_owned(),
    };
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Rectangles by colour and opacity.
#[derive(Default)]
struct Shapes(BTreeMap<(String, &'static str), Vec<String>>);

impl Shapes {
    fn add(&mut self, colour: &str, extra: &'static str, [x, y, wide, high]: [u16; 4]) {
        let path = self.0.entry((colour.to_owned(), extra)).or_default();
        path.push(format!("M{x} {y}h{wide}v{high}h-{wide}z"));
    }

    /// Whether the sign is one that is drawn, not written.
    fn add_glyph(&mut self, symbol: &str, colour: &str, (x, y): (u16, u16)) -> bool {
        let (wide, high) = CELL;
        let (middle, centre) = (high / 2, wide / 2);
        let rectangles: &[[u16; 4]] = match symbol {
            "░" => &[[0, 0, wide, high]],
            "▌" => &[[0, 0, centre, high]],
            "─" => &[[0, middle, wide, 1]],
            "│" => &[[centre, 0, 1, high]],
            "┬" => &[[0, middle, wide, 1], [centre, middle, 1, middle]],
            "┴" => &[[0, middle, wide, 1], [centre, 0, 1, middle]],
            _ => match BLOCKS.iter().zip(1..).find(|(block, _)| **block == symbol) {
                // Rounded, so that every bar ends with a whole pixel.
                Some((_, part)) => {
                    let bar = (high * part).div_ceil(8);
                    &[[0, high - bar, wide, bar]]
                }
                None => return false,
            },
        };
        let extra = if symbol == "░" { r#" fill-opacity="0.35""# } else { "" };
        for [left, top, wide, high] in rectangles {
            self.add(colour, extra, [x * CELL.0 + left, y * CELL.1 + top, *wide, *high]);
        }
        true
    }

    fn paths(&self) -> String {
        let path = |((colour, extra), path): (&(String, &str), &Vec<String>)| {
            format!("<path fill=\"{colour}\"{extra} d=\"{}\"/>\n", path.concat())
        };
        self.0.iter().map(path).collect()
    }
}
