//! Whether the settings can be read, and what of the environment nobody reads.

use super::OwnFiles;
use super::finding::Verdict;
use crate::config::{Config, ConfigError, Environment, Source};
use crate::exit::Exit;

pub(super) fn configuration(config: &Result<Config, ConfigError>) -> Verdict {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            return Verdict::failed(Exit::Usage, error.to_string())
                .because("a setting that cannot be used; nothing else was read")
                .so("correct it there, or leave it out");
        }
    };
    let listing = config.listing();
    let counted = [Source::Flag, Source::Environment, Source::DotEnv, Source::File].map(|source| {
        let count = listing.iter().filter(|entry| entry.source == source).count();
        (count > 0).then(|| format!("{count} from {}", where_from(source)))
    });
    let counted: Vec<String> = counted.into_iter().flatten().collect();
    let file = match &config.config_file {
        Some(file) if file.found => format!("; read {}", file.path.value.display()),
        Some(file) => format!("; there is no {}", file.path.value.display()),
        None => String::new(),
    };
    let given = if counted.is_empty() { "all defaults".to_owned() } else { counted.join(", ") };
    Verdict::fine(format!("{given}{file}; `passbook where` lists each"))
}

pub(super) fn own_files(own: &OwnFiles) -> Verdict {
    let read = match own.read.as_slice() {
        [] => "passbook's own keys and themes: there are no others".to_owned(),
        read => format!("read {}", read.join(", ")),
    };
    if own.problems.is_empty() {
        return Verdict::fine(read);
    }
    Verdict::warning(format!("{read}; left out: {}", own.problems.join("; ")))
        .because("a line that says nothing passbook knows, or something said twice")
        .so("correct those lines; all others are in use")
}

fn where_from(source: Source) -> &'static str {
    match source {
        Source::Flag => "options",
        Source::Environment => "the environment",
        Source::DotEnv => ".env",
        Source::File => "the settings file",
        Source::Default => "passbook",
    }
}

pub(super) fn environment(environment: &Environment) -> Verdict {
    let ignored = if environment.process("ENVIRONMENT").is_some() {
        "; ENVIRONMENT is set and ignored: TELLER_ENVIRONMENT is what passbook reads"
    } else {
        ""
    };
    let unread = environment.unread();
    if unread.is_empty() {
        return Verdict::fine(format!(
            "no variable that looks like passbook's is left out{ignored}"
        ));
    }
    let verb = if unread.len() == 1 { "is" } else { "are" };
    Verdict::warning(format!("{} {verb} set and read by nobody{ignored}", unread.join(", ")))
        .because("a name that is misspelt, or that another program or an older one reads")
        .so("compare it with the names in `passbook --help`, and unset or rename it")
}

#[cfg(test)]
mod tests {
    use super::super::finding::Outcome;
    use super::*;

    #[test]
    fn a_variable_that_nobody_reads_is_named_and_its_value_is_not() {
        let set = |names: &[(&str, &str)]| environment(&Environment::new(names.iter().copied()));
        assert_eq!(
            set(&[("TELLER_ACCESS_TOKEN", "token_a"), ("HOME", "/")]).outcome,
            Outcome::Fine
        );
        let found = set(&[("TELLER_TOKEN", "token_planted"), ("PASSBOOK_THEME", "dark")]);
        assert_eq!(found.outcome, Outcome::Warning);
        assert!(found.what.starts_with("PASSBOOK_THEME, TELLER_TOKEN are set"), "{found:?}");
        assert!(!format!("{found:?}").contains("planted"));
    }

    #[test]
    fn another_programs_environment_is_noted_as_ignored() {
        let found = environment(&Environment::new([("ENVIRONMENT", "production")]));
        assert_eq!(found.outcome, Outcome::Fine);
        assert!(found.what.contains("ENVIRONMENT is set and ignored"), "{found:?}");
    }

    #[test]
    fn what_was_left_out_of_the_keys_is_told_and_fails_nothing() {
        let own = OwnFiles {
            read: vec!["/c/keys.toml".to_owned()],
            problems: vec!["keys, line 4: x is bound to sync already".to_owned()],
        };
        let found = own_files(&own);
        assert_eq!((found.outcome, found.exit), (Outcome::Warning, Exit::Fine));
        assert!(found.what.contains("keys, line 4: x is bound"), "{found:?}");
        assert_eq!(own_files(&OwnFiles::default()).outcome, Outcome::Fine);
    }

    #[test]
    fn a_setting_that_cannot_be_used_fails() {
        let error = ConfigError { origin: "PORT".to_owned(), problem: "must be a port".to_owned() };
        let found = configuration(&Err(error));
        assert_eq!((found.outcome, found.exit), (Outcome::Failed, Exit::Usage));
        assert!(found.what.contains("PORT: must be a port"));
    }
}
