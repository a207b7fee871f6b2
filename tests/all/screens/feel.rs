//! Pictures of palette, settings and lock; what lies under the mouse; the same in words.

use passbook::app::feel::Feel;
use passbook::app::mouse::{Mouse, Target};
use passbook::app::settings::{Decided, Name, Setting};
use passbook::app::theme::Theme;
use passbook::app::{Opened, Screen};
use passbook::view::plain::{self, page};

use super::sample::{Sample, household, setup};
use super::{
    App, Buffer, Color, Event, Rect, SIZES, Setup, app, app_with, check, draw, picture, press, view,
};

fn setting(name: Name, value: &str, decided: Decided, origin: &str) -> Setting {
    Setting { name, value: value.to_owned(), decided, origin: origin.to_owned() }
}

fn feel() -> Feel {
    use Decided as D;
    let settings = vec![
        setting(Name::Theme, "dark", D::File, "line 3 of ~/.config/passbook/config.toml"),
        setting(Name::Ascii, "false", D::Default, "default"),
        setting(Name::HideAmounts, "false", D::Default, "default"),
        setting(Name::ReducedMotion, "true", D::Default, "default"),
        setting(Name::Mouse, "true", D::Default, "default"),
        setting(Name::Plain, "false", D::Outside, "--plain"),
        setting(Name::LockAfter, "10m", D::Default, "default"),
    ];
    Feel { settings, ..Feel::default() }
}

fn with(size: (u16, u16)) -> Setup {
    Setup { feel: feel(), ..setup(size.0, size.1) }
}

fn locked(size: (u16, u16)) -> (Sample, App) {
    let sample = household();
    let mut app = sample.start(with(size));
    let opened = Opened { passphrase: true, can_sync: true, ..Opened::default() };
    sample.send(&mut app, Event::Opened(opened));
    (sample, app)
}

#[test]
fn palette() {
    check("palette", |size| app(&household(), size, "5 : down"));
    check("palette_search", |size| app(&household(), size, ": w i h t d"));
    check("palette_nothing_found", |size| app(&household(), size, ": z z z z q"));
}

#[test]
fn settings() {
    check("settings", |size| app_with(&household(), with(size), ","));
    check("settings_overruled", |size| app_with(&household(), with(size), ", j j j j j"));
    check("settings_theme_preview", |size| app_with(&household(), with(size), ", enter"));
    check("settings_passphrase", |size| app_with(&household(), with(size), ", G enter a b c"));
    check("settings_passphrase_again", |size| {
        app_with(&household(), with(size), ", G enter a b enter a enter")
    });
}

#[test]
fn lock() {
    check("locked", |size| locked(size).1);
    check("locked_wrong", |size| {
        let (sample, mut app) = locked(size);
        for _ in 0..3 {
            press(&sample, &mut app, "x enter");
            app.update(Event::PassphraseChecked(Ok(false)));
        }
        app
    });
}

#[test]
fn nothing_of_the_data_shows_while_it_is_locked() {
    for size in [(120, 36), (80, 24), (60, 15), (20, 3), (1, 1)] {
        let (sample, mut app) = locked(size);
        sample.send(&mut app, Event::Notice("Rowan Market".to_owned()));
        let words = page(&app).lines.join("\n");
        for text in [picture(&app), words] {
            for data in ["Checking", "4821", "Harbor", "Rowan", "4,286", "USD", "synced"] {
                assert!(!text.contains(data), "{data} at {size:?}:\n{text}");
            }
        }
    }
}

#[test]
fn every_theme_paints_every_screen() {
    for theme in Theme::all() {
        for keys in ["l j", "2 enter", "5", "?", ":", "!", ","] {
            let painted = theme.paint;
            let name = theme.name.clone();
            let look = Setup { theme: theme.clone(), ..with((120, 36)) };
            let app = app_with(&household(), look, keys);
            for cell in draw(&app).content() {
                assert!(!painted || cell.bg != Color::Reset, "{name} {keys}");
            }
        }
    }
}

fn targets(app: &App) -> view::Targets {
    let (width, height) = app.setup.size;
    view::draw_on(&mut Buffer::empty(Rect::new(0, 0, width, height)), app)
}

/// Where the text stands first.
fn place_of(app: &App, text: &str) -> (u16, u16) {
    for (line, y) in picture(app).lines().zip(0..) {
        if let Some(at) = line.find(text) {
            return (u16::try_from(view::text::width(&line[..at])).unwrap(), y);
        }
    }
    panic!("{text} is not on the screen");
}

#[test]
fn what_is_seen_can_be_clicked() {
    for size in SIZES {
        let mut app = app(&household(), size, "");
        let at = |app: &App, text: &str| {
            let (x, y) = place_of(app, text);
            targets(app).at(x, y)
        };
        assert_eq!(at(&app, "5 Sync"), Some(Target::Tab(Screen::Sync)));
        assert_eq!(at(&app, "Rainy Day"), Some(Target::Account(1)));
        assert_eq!(at(&app, "Rowan"), Some(Target::Transaction(2)));
        assert!(matches!(at(&app, "keys"), Some(Target::Hint(_))));
        let (x, y) = place_of(&app, "Rowan");
        let sample = household();
        let target = targets(&app).at(x, y);
        sample.send(&mut app, Event::Mouse(Mouse::Press { target, double: true }));
        assert!(app.detail.is_some() && picture(&app).contains("Rowan Market"));
    }
}

#[test]
fn behind_an_overlay_nothing_can_be_clicked() {
    let app = app(&household(), (120, 36), "?");
    assert_eq!(targets(&app).at(3, 0), None);
    let (x, y) = place_of(&app, "page up");
    assert!(matches!(targets(&app).at(x, y), Some(Target::Line(_))));
}

#[test]
fn the_panes_follow_the_line_between_them() {
    let sample = household();
    let mut app = app(&sample, (120, 36), "");
    let x = (0..120).find(|x| targets(&app).at(*x, 8) == Some(Target::Divider)).unwrap();
    for event in [
        Mouse::Press { target: targets(&app).at(x, 8), double: false },
        Mouse::Drag { column: 70 },
        Mouse::Release,
    ] {
        sample.send(&mut app, Event::Mouse(event));
    }
    assert_eq!(targets(&app).at(70, 8), Some(Target::Divider));
    assert_eq!(draw(&app)[(70, 8)].symbol(), "│");
}

fn in_words_of(keys: &str) -> App {
    let (width, height) = plain::SIZE;
    let feel = Feel { plain: true, ..feel() };
    app_with(&household(), Setup { feel, ..setup(width, height) }, keys)
}

#[test]
fn in_words() {
    for (name, keys) in [
        ("accounts", ""),
        ("rows", "l j"),
        ("transaction", "l j enter"),
        ("sync", "5"),
        ("help", "?"),
        ("palette", ": s y n c"),
        ("settings", ","),
        ("problems", "!"),
    ] {
        let page = page(&in_words_of(keys));
        let text = format!("{}\n\nHere: {:?}\n", page.lines.join("\n"), page.chosen);
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
            insta::assert_snapshot!(format!("plain_{name}"), text);
        });
        for drawn in "─│┬┴╭╮╰╯┄▁▂▃▄▅▆▇█░▌●◐○⇄".chars()
        {
            assert!(!text.contains(drawn), "{name}: {drawn}\n{text}");
        }
    }
}

#[test]
fn the_smallest_and_a_huge_terminal_are_filled_to_the_edge() {
    for (width, height) in [(60, 15), (300, 100)] {
        for keys in ["", "l j", "2", "5", "?", ":", ",", "!", "l enter"] {
            let app = app_with(&household(), with((width, height)), keys);
            let picture = picture(&app);
            assert_eq!(picture.lines().count(), usize::from(height));
            let longest = picture.lines().map(view::text::width).max().unwrap();
            assert!(longest <= usize::from(width), "{keys}: {longest}\n{picture}");
            assert!(!picture.contains("more room"), "{picture}");
        }
    }
}
