//! A small writer of SVG: shapes and texts with roles, colours for light and dark in one style sheet.

use std::fmt::{Display, Write as _};

use crate::domain::SafeText;

/// Without a script and without anything to fetch: the picture is one file.
///
/// Told apart by place and words as well; the hues are told apart by colour-blind people, too
/// (Okabe and Ito).
const STYLE: &str = "
  svg { background: #ffffff; font: 13px system-ui, sans-serif; }
  text { fill: #1b1f24; } .muted { fill: #59636e; } .title { font-size: 17px; font-weight: 600; }
  .rule { stroke: #d1d9e0; } .zero { stroke: #59636e; }
  .in { fill: #0072b2; } .out { fill: #d55e00; } .average { stroke: #1b1f24; stroke-width: 2; }
  .line { fill: none; stroke: #0072b2; stroke-width: 2; stroke-linejoin: round; }
  .rebuilt { stroke-dasharray: 4 3; opacity: 0.75; }
  .net { fill: none; stroke: #1b1f24; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    text { fill: #e6edf3; } .muted { fill: #9198a1; }
    .rule { stroke: #30363d; } .zero { stroke: #9198a1; }
    .in { fill: #56b4e9; } .out { fill: #e69f00; } .average { stroke: #e6edf3; }
    .line { stroke: #56b4e9; } .net { stroke: #e6edf3; }
  }
";

#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture in the making.
pub struct Svg {
    body: String,
    width: i64,
}

impl Svg {
    pub fn new(width: i64) -> Self {
        Self { body: String::new(), width }
    }

    pub fn width(&self) -> i64 {
        self.width
    }

    pub fn text(&mut self, (x, y): (i64, i64), class: &str, anchor: Anchor, text: impl Display) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(&text.to_string());
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    pub fn line(&mut self, (x1, y1): (i64, i64), (x2, y2): (i64, i64), class: &str) {
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{class}\"/>"
        );
    }

    /// With words that show where one points at it.
    pub fn bar(
        &mut self,
        (x, y): (i64, i64),
        (width, height): (i64, i64),
        class: &str,
        said: &str,
    ) {
        let said = escaped(said);
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             class=\"{class}\"><title>{said}</title></rect>"
        );
    }

    /// A line through all of these.
    pub fn path(&mut self, points: &[(i64, i64)], class: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ =
            writeln!(self.body, "<polyline points=\"{}\" class=\"{class}\"/>", points.join(" "));
    }

    /// The whole file. `description` says in words what the picture shows.
    pub fn finish(self, height: i64, title: &str, description: &str) -> String {
        let Self { body, width } = self;
        let (title, description) = (escaped(title), escaped(description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n\
             <desc id=\"description\">{description}</desc>\n\
             <style>{STYLE}</style>\n{body}</svg>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    let text = SafeText::new(text).into_string();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
