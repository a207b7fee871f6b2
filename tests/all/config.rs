//! Which of flag, environment, `.env`, file and default decides, and what a bad value says.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use passbook::cli::Cli;
use passbook::config::{Config, ConfigError, Dirs, Environment, Place, Source};
use passbook::database::Database;
use tempfile::TempDir;

/// A working directory, perhaps with a `.env` and a config file in it.
struct Desk {
    directory: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory to test in") }
    }

    fn dot_env(self, text: &str) -> Self {
        fs::write(self.path(".env"), text).expect("a writable directory");
        self
    }

    fn file(self, text: &str) -> Self {
        fs::write(self.path("config.toml"), text).expect("a writable directory");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn place(&self) -> Place {
        let dirs =
            Dirs { config: self.path(""), data: self.path("data"), state: self.path("state") };
        Place {
            working_dir: self.directory.path().to_owned(),
            home: Some("/home/me".into()),
            dirs: Some(dirs),
            postgres_socket: None,
        }
    }

    fn resolve(&self, flags: &[&str], environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let cli = Cli::parse_from(["passbook"].iter().chain(flags));
        Config::resolve(&cli, Environment::new(environment.iter().copied()), &self.place())
    }

    fn error(&self, flags: &[&str], environment: &[(&str, &str)]) -> String {
        self.resolve(flags, environment).expect_err("it is refused").to_string()
    }
}

fn sqlite(path: impl Into<PathBuf>) -> Database {
    Database::Sqlite { path: path.into() }
}

#[test]
fn with_nothing_set_the_defaults_stand() {
    let desk = Desk::new();
    let config = desk.resolve(&[], &[]).unwrap();
    assert_eq!(config.database.value, sqlite(desk.path("data/passbook.db")));
    assert_eq!(config.environment.value.as_str(), "sandbox");
    assert_eq!(config.teller_url.value.as_str(), "https://api.teller.io/");
    assert_eq!((config.bind.value.to_string().as_str(), config.port.value), ("127.0.0.1", 8001));
    assert_eq!(config.sync_every.value.as_secs(), 6 * 3600);
    assert!(config.certificate.is_none() && config.access_tokens.value.is_empty());
    assert!(config.listing().iter().all(|entry| entry.source == Source::Default));
}

/// Every setting that all layers know, as flag, variable and key, with four values of falling rank.
#[test]
fn each_layer_wins_over_those_below_it() {
    let knobs: [(&str, &str, &str, [&str; 4]); 8] = [
        ("--database-url", "DATABASE_URL", "database_url", ["/1.db", "/2.db", "/3.db", "/4.db"]),
        (
            "--environment",
            "TELLER_ENVIRONMENT",
            "environment",
            ["production", "development", "sandbox", "production"],
        ),
        (
            "--teller-url",
            "TELLER_API_URL",
            "teller_url",
            ["https://1.test", "https://2.test", "https://3.test", "https://4.test"],
        ),
        ("--teller-ca", "TELLER_CA_PATH", "teller_ca", ["/1", "/2", "/3", "/4"]),
        ("--log-level", "LOG_LEVEL", "log_level", ["error", "debug", "trace", "warn"]),
        ("--port", "PORT", "port", ["1", "2", "3", "4"]),
        ("--cert", "TELLER_CERT_PATH", "cert", ["/1", "/2", "/3", "/4"]),
        ("--cert-key", "TELLER_KEY_PATH", "cert_key", ["/1", "/2", "/3", "/4"]),
    ];
    let names = [
        "database",
        "environment",
        "teller_url",
        "teller_ca",
        "log_level",
        "port",
        "cert",
        "cert_key",
    ];
    for ((flag, variable, key, values), name) in knobs.into_iter().zip(names) {
        let other_half = match name {
            "cert" => "TELLER_KEY_PATH",
            "cert_key" => "TELLER_CERT_PATH",
            _ => "UNUSED",
        };
        let sources = [Source::Flag, Source::Environment, Source::DotEnv, Source::File];
        for (rank, source) in sources.into_iter().enumerate() {
            let mut desk = Desk::new();
            if rank <= 3 {
                desk = desk.file(&format!("{key} = \"{}\"\n", values[3]));
            }
            if rank <= 2 {
                desk = desk.dot_env(&format!("{variable}={}\n", values[2]));
            }
            let mut environment = vec![(other_half, "/other")];
            if rank <= 1 {
                environment.push((variable, values[1]));
            }
            let flags: &[&str] = if rank == 0 { &["--serve", flag, values[0]] } else { &[] };
            let config = desk.resolve(flags, &environment).unwrap();
            let entry = config.listing().into_iter().find(|entry| entry.name == name).unwrap();
            assert_eq!(entry.value.as_deref(), Some(values[rank]), "{name} at rank {rank}");
            assert_eq!(entry.source, source, "{name} at rank {rank}");
        }
    }
}

#[test]
fn switches_are_turned_on_by_any_layer_and_off_by_the_environment() {
    let offline = |desk: &Desk, flags: &[&str], environment: &[(&str, &str)]| {
        let setting = desk.resolve(flags, environment).unwrap().offline;
        (setting.value, setting.source)
    };
    let desk = Desk::new().file("offline = true\nread_only = true\nsync_on_start = true\n");
    assert_eq!(offline(&desk, &[], &[]), (true, Source::File));
    assert_eq!(offline(&desk, &[], &[("PASSBOOK_OFFLINE", "no")]), (false, Source::Environment));
    assert_eq!(offline(&desk, &["--offline"], &[("PASSBOOK_OFFLINE", "no")]), (true, Source::Flag));
    let config = desk.resolve(&[], &[]).unwrap();
    assert!(config.read_only.value && config.sync_on_start.value);
}

#[test]
fn metrics_are_off_until_any_layer_asks_for_them() {
    let metrics = |desk: &Desk, flags: &[&str], environment: &[(&str, &str)]| {
        let setting = desk.resolve(flags, environment).unwrap().metrics;
        (setting.value, setting.source)
    };
    let desk = Desk::new().file("metrics = true\n");
    assert_eq!(metrics(&Desk::new(), &[], &[]), (false, Source::Default));
    assert_eq!(metrics(&desk, &[], &[]), (true, Source::File));
    assert_eq!(metrics(&desk, &[], &[("PASSBOOK_METRICS", "no")]), (false, Source::Environment));
    assert_eq!(metrics(&desk, &["--serve", "--metrics"], &[]), (true, Source::Flag));
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let desk = Desk::new().dot_env("PORT=7000\nLOG_LEVEL=\n");
    let config = desk.resolve(&[], &[("PORT", ""), ("DATABASE_URL", "")]).unwrap();
    assert_eq!((config.port.value, config.port.source), (7000, Source::DotEnv));
    assert_eq!(config.log_level.source, Source::Default);
    assert_eq!(config.database.source, Source::Default);
}

#[test]
fn dot_env_can_be_left_alone() {
    let desk = Desk::new().dot_env("PORT=7000\nA='unclosed");
    assert!(desk.resolve(&[], &[]).is_err());
    assert_eq!(desk.resolve(&["--no-dotenv"], &[]).unwrap().port.value, 8001);
}

#[test]
fn a_port_from_the_platform_opens_all_addresses() {
    let bind = |desk: &Desk, flags: &[&str], environment: &[(&str, &str)]| {
        desk.resolve(flags, environment).unwrap().bind.value.to_string()
    };
    let desk = Desk::new();
    assert_eq!(bind(&desk, &[], &[("PORT", "10000")]), "0.0.0.0");
    assert_eq!(bind(&desk, &["--serve", "--port", "9"], &[("PORT", "10000")]), "127.0.0.1");
    assert_eq!(bind(&desk, &["--serve", "--bind", "::1"], &[("PORT", "10000")]), "::1");
    assert_eq!(bind(&Desk::new().dot_env("PORT=10000"), &[], &[]), "127.0.0.1");
}

#[test]
fn a_malformed_value_names_where_it_came_from() {
    let desk = Desk::new();
    for (flags, origin) in [
        (["--serve", "--port", "eighty"], "--port: "),
        (["--serve", "--sync-every", "often"], "--sync-every: "),
        (["--serve", "--bind", "everywhere"], "--bind: "),
        (["--log-level", "loud", "--offline"], "--log-level: "),
        (["--database-url", "mysql://h/d", "--offline"], "--database-url: mysql:// is not"),
        (["--teller-url", "http://example.com", "--offline"], "--teller-url: must be https"),
    ] {
        let error = desk.error(&flags, &[]);
        assert!(error.starts_with(origin), "{error}");
    }
    for (variable, value) in [
        ("PORT", "eighty"),
        ("LOG_LEVEL", "loud"),
        ("TELLER_ENVIRONMENT", "moon"),
        ("PASSBOOK_OFFLINE", "perhaps"),
        ("TELLER_ACCESS_TOKEN", "app_123"),
        ("DATABASE_URL", "postgres://h/d?sslmode=sure"),
        ("PGPORT", "x"),
    ] {
        let error = desk.error(&[], &[(variable, value)]);
        assert!(error.starts_with(&format!("{variable}: ")), "{error}");

        let desk = Desk::new().dot_env(&format!("# comment\n{variable}={value}\n"));
        let error = desk.error(&[], &[]);
        let origin = format!("{variable} in {}: ", desk.path(".env").display());
        assert!(error.starts_with(&origin), "{error}");
    }
}

#[test]
fn the_config_file_complains_with_its_line() {
    for (text, line, problem) in [
        ("port = 80000\n", 1, "must be a port"),
        ("\n\nsync_every = 'often'\n", 3, "must be a time"),
        ("offline = 2\n", 1, "must be true or false"),
        ("offline = 2.5\n", 1, "floating point"),
        ("theme = \"dark\"\ntheme = \"light\"\n", 2, "duplicate key"),
        ("theme = \"dark\"\naccess_token = \"token_planted\"\n", 2, "unknown field"),
        ("theme = \"dark\"\n[serve]\nport = 1\n", 2, "unknown field"),
        ("theme = \n", 1, ""),
        ("cert = ''\n", 1, "empty"),
    ] {
        let desk = Desk::new().file(text);
        let error = desk.error(&[], &[]);
        let origin = format!("line {line} of {}: ", desk.path("config.toml").display());
        assert!(error.starts_with(&origin) && error.contains(problem), "{text:?}: {error}");
        assert!(!error.contains("planted"), "{error}");
    }
}

#[test]
fn a_config_file_that_was_asked_for_must_exist() {
    let desk = Desk::new();
    let error = desk.error(&["--config", "missing.toml"], &[]);
    assert!(error.starts_with(&desk.path("missing.toml").display().to_string()), "{error}");
    assert!(desk.resolve(&[], &[]).unwrap().config_file.is_some_and(|file| !file.found));

    let desk = Desk::new().file("port = 1\n");
    fs::write(desk.path("other.toml"), "port = 2\n").unwrap();
    assert_eq!(desk.resolve(&[], &[]).unwrap().port.value, 1);
    assert_eq!(desk.resolve(&[], &[("PASSBOOK_CONFIG", "other.toml")]).unwrap().port.value, 2);
}

#[test]
fn certificate_and_key_come_together() {
    let desk = Desk::new();
    let error = desk.error(&["--cert", "c.pem"], &[]);
    assert!(error.starts_with("--cert: ") && error.contains("--cert-key"), "{error}");
    let error = desk.error(&[], &[("TELLER_KEY_PATH", "k.pem")]);
    assert!(error.starts_with("TELLER_KEY_PATH: ") && error.contains("--cert"), "{error}");
    let config = desk.resolve(&["--cert", "c.pem", "--cert-key", "~/k.pem"], &[]).unwrap();
    let certificate = config.certificate.unwrap();
    assert_eq!(certificate.cert.value, desk.path("c.pem"));
    assert_eq!(certificate.key.value, Path::new("/home/me/k.pem"));
}

#[test]
fn the_parts_of_a_postgres_url_may_hold_anything() {
    let desk = Desk::new();
    let parts = [
        ("POSTGRES_USER", "an n@x"),
        ("POSTGRES_PASSWORD", "p@ss/w:rd?#%20$HOME é"),
        ("POSTGRES_DB", "my books"),
    ];
    let postgres = |desk: &Desk, environment: &[(&str, &str)]| match desk
        .resolve(&[], environment)
        .unwrap()
        .database
        .value
    {
        Database::Postgres(postgres) => postgres,
        other => panic!("{other:?}"),
    };
    let found = postgres(&desk, &parts);
    assert_eq!(
        found.url.expose(),
        "postgres://an%20n%40x:p%40ss%2Fw%3Ard%3F%23%2520%24HOME%20%C3%A9@localhost:5432/\
         my%20books?sslmode=prefer"
    );
    assert_eq!((found.user.as_deref(), found.database.as_str()), (Some("an n@x"), "my books"));

    let more = [("POSTGRES_HOST", "db"), ("POSTGRES_PORT", "6000")];
    let found = postgres(&desk, &[&parts[..], &more].concat());
    assert_eq!((found.host.as_str(), found.port), ("db", 6000));

    let error = desk.error(&[], &[&parts[..], &[("POSTGRES_PORT", "x")]].concat());
    assert!(error.starts_with("POSTGRES_PORT: "), "{error}");
}

#[test]
fn the_parts_count_only_when_complete_and_without_a_url() {
    let parts = [("POSTGRES_USER", "u"), ("POSTGRES_PASSWORD", "p"), ("POSTGRES_DB", "d")];
    let desk = Desk::new().file("database_url = '/file.db'\n");
    let database =
        |environment: &[(&str, &str)]| desk.resolve(&[], environment).unwrap().database.value;
    assert_eq!(database(&parts[..2]), sqlite("/file.db"));
    assert!(matches!(database(&parts), Database::Postgres(_)));
    assert_eq!(database(&[&parts[..], &[("DATABASE_URL", "/url.db")]].concat()), sqlite("/url.db"));
    let desk = Desk::new().dot_env("POSTGRES_PASSWORD='pa$$'\nPOSTGRES_DB=d");
    let config = desk.resolve(&[], &parts[..1]).unwrap();
    assert_eq!(config.database.source, Source::DotEnv);
}

#[test]
fn the_demo_never_touches_the_real_database() {
    let desk = Desk::new().file("database_url = '/real.db'\n");
    let database = |flags: &[&str]| {
        desk.resolve(flags, &[("DATABASE_URL", "/real.db")]).unwrap().database.value
    };
    assert_eq!(database(&["--demo"]), sqlite(desk.path("data/demo.db")));
    assert_eq!(database(&["--demo", "--database-url", "/mine.db"]), sqlite("/mine.db"));
}

#[test]
fn without_a_home_a_named_database_is_enough() {
    let place = Place { working_dir: "/work".into(), ..Place::default() };
    let cli = Cli::parse_from(["passbook", "--serve"]);
    let url = [("DATABASE_URL", "postgres://db/books"), ("PORT", "10000")];
    assert!(Config::resolve(&cli, Environment::new(url), &place).is_ok());
    let error = Config::resolve(&cli, Environment::default(), &place).unwrap_err().to_string();
    assert!(error.contains("DATABASE_URL"), "{error}");
}

#[test]
fn no_secret_is_in_the_listing_or_in_debug() {
    let desk = Desk::new().file("database_url = 'postgres://ann:hunter2@db.example.com/books'\n");
    let config = desk.resolve(&[], &[("TELLER_ACCESS_TOKEN", "token_planted, token_other")]);
    let config = config.unwrap();
    assert_eq!(config.access_tokens.value.len(), 2);
    let shown = format!("{:?} {config:?}", config.listing());
    assert!(shown.contains("ann:•••@db.example.com"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("token_planted"), "{shown}");
}

#[test]
fn a_replica_is_named_by_the_environment_or_the_file_and_never_of_a_file_or_the_demo() {
    let desk = Desk::new().file("read_url = 'postgres://ann:hunter2@one.example.com/books'\n");
    let server = [("DATABASE_URL", "postgres://ann@db.example.com/books")];
    let shown = |desk: &Desk, flags: &[&str], environment: &[(&str, &str)]| {
        let config = desk.resolve(flags, environment).unwrap();
        let entry = config.listing().into_iter().find(|entry| entry.name == "read_url").unwrap();
        (entry, config.replica().is_some())
    };
    let (entry, used) = shown(&desk, &[], &server);
    assert!(used && entry.source == Source::File, "{entry:?}");
    let value = entry.value.unwrap();
    assert!(value.contains("ann:•••@one.example.com") && !value.contains("hunter2"), "{value}");

    let both = [server[0], ("PASSBOOK_READ_URL", "postgres://ann@two.example.com/books")];
    let (entry, used) = shown(&desk, &[], &both);
    assert!(used && entry.source == Source::Environment, "{entry:?}");

    let (entry, used) = shown(&desk, &["--database-url", "/tmp/books.db"], &both);
    assert!(!used && entry.origin.ends_with("not used: the database is a file"), "{entry:?}");
    let (entry, used) = shown(&desk, &["--demo"], &both);
    assert!(!used && entry.value.is_none(), "{entry:?}");
}

#[test]
fn no_secret_is_in_an_error() {
    for (variable, value) in [
        ("DATABASE_URL", "postgres://ann:hunter2@dpg-a.render.com/books?sslmode=disable"),
        ("DATABASE_URL", "postgres://ann:hunter2#@db.example.com/books"),
        ("DATABASE_URL", "mysql://ann:hunter2@db.example.com/books"),
        ("DATABASE_URL", "ann:hunter2@db.example.com/books"),
        ("PASSBOOK_READ_URL", "ann:hunter2@db.example.com/books"),
        ("PASSBOOK_READ_URL", "/home/hunter2/books.db"),
        ("TELLER_ACCESS_TOKEN", "token_hunter2 with spaces"),
        ("TELLER_ACCESS_TOKEN", "app_hunter2"),
        ("TELLER_ENVIRONMENT", "test_token_hunter2"),
        ("TELLER_API_URL", "http://ann:hunter2@api.example.com"),
    ] {
        let error = Desk::new().resolve(&[], &[(variable, value)]).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains(variable), "{shown}");
    }
    let desk = Desk::new().file("port = 1\ndatabase_url = \"postgres://ann:hunter2@db/books\n");
    assert!(!desk.error(&[], &[]).contains("hunter2"));
}

#[test]
fn the_example_files_hold_nothing_passbook_does_not_know() {
    let example = include_str!("../../assets/config.example.toml");
    let commented = example.lines().filter_map(|line| line.strip_prefix("# "));
    let settings: Vec<&str> = commented.filter(|line| line.contains(" = ")).collect();
    let desk = Desk::new();
    for setting in &settings {
        fs::write(desk.path("config.toml"), setting).unwrap();
        let environment = [("TELLER_CERT_PATH", "c.pem"), ("TELLER_KEY_PATH", "k.pem")];
        desk.resolve(&[], &environment).unwrap();
    }
    assert_eq!(settings.len(), 27, "one for each key, and two databases");

    let desk = Desk::new().dot_env(include_str!("../../.env.example"));
    let database = desk.resolve(&[], &[]).unwrap().database;
    assert_eq!(
        database.value.masked(),
        "postgres://passbook:•••@localhost:5432/passbook?sslmode=prefer"
    );
}

#[test]
fn a_file_that_was_settled_on_is_the_database_now_and_at_the_next_start() {
    for before in [None, Some("theme = \"light\""), Some("# mine\nascii = true\n")] {
        let desk = before.map_or_else(Desk::new, |before| Desk::new().file(before));
        let path = desk.path("a \"quoted\" Müller.db");
        let mut config = desk.resolve(&[], &[]).unwrap();
        config.settle_on(&path).unwrap();
        assert_eq!(config.database.value, sqlite(&path));
        let next = desk.resolve(&[], &[]).unwrap().database;
        assert_eq!((next.value, next.source), (sqlite(&path), Source::File));
        let kept = fs::read_to_string(desk.path("config.toml")).unwrap();
        assert!(kept.starts_with(before.unwrap_or_default()), "{kept}");
        let named = desk.resolve(&[], &[("DATABASE_URL", "other.db")]).unwrap().database;
        assert_eq!(named.source, Source::Environment, "what the environment names wins");
    }
}

#[test]
fn what_cannot_be_remembered_is_used_all_the_same_and_changes_no_file() {
    let desk = Desk::new();
    let mut config = desk.resolve(&[], &[]).unwrap();
    let path = desk.path("what?.db");
    config.settle_on(&path).unwrap_err();
    assert_eq!(config.database.value, sqlite(path));
    assert!(!desk.path("config.toml").exists());
}
