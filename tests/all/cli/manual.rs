//! What shells and `man` are given: as whole as the command line itself.

use super::Home;

/// All commands, those below others too, as they are typed.
fn commands() -> Vec<Vec<String>> {
    fn below(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let path = [path, &[sub.get_name().to_owned()]].concat();
            found.push(path.clone());
            below(sub, &path, found);
        }
    }
    let mut found = Vec::new();
    below(&<passbook::cli::Cli as clap::CommandFactory>::command(), &[], &mut found);
    found
}

fn printed(home: &Home, arguments: &[&str]) -> String {
    let output = home.passbook(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn every_shell_completes_every_command() {
    let home = Home::new();
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&home, &["completions", shell]);
        for name in commands.iter().flatten() {
            assert!(script.contains(name.as_str()), "{shell}: {name}");
        }
        assert!(script.contains("--database-url") || script.contains("database-url"), "{shell}");
    }
}

#[test]
fn every_command_has_its_page() {
    let home = Home::new();
    printed(&home, &["man", "--output", "man/man1"]);
    for command in commands() {
        let page = home.path().join("man/man1").join(format!("passbook-{}.1", command.join("-")));
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command:?}");
    }
    let page = printed(&home, &["man"]);
    assert!(page.contains("DATABASE_URL") && page.contains("Exit status"), "{page}");
}

#[test]
fn packagers_need_neither_home_nor_settings() {
    let home = Home::new();
    for arguments in [&["completions", "zsh"][..], &["man"]] {
        let mut command = home.passbook(arguments);
        command.env_remove("HOME").env("PASSBOOK_CONFIG", "missing.toml");
        command.assert().success();
    }
}
