use proptest::prelude::*;
use url::Url;

use super::*;
use crate::secret::Secret;

const HERE: &str = "/home/robin/here";

fn parse(text: &str) -> Result<Database, DatabaseUrlError> {
    let mut surroundings = Surroundings::new(Path::new(HERE));
    surroundings.home = Some(Path::new("/home/me"));
    Database::parse_in(text, &surroundings)
}

fn postgres(text: &str) -> Postgres {
    match parse(text) {
        Ok(Database::Postgres(postgres)) => postgres,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn sqlite_paths_are_made_absolute_once() {
    for (text, path) in [
        ("sqlite:///relative.db", "/home/robin/here/relative.db"),
        ("sqlite:////var/lib/absolute.db", "/var/lib/absolute.db"),
        ("sqlite://plain/path.db", "/home/robin/here/plain/path.db"),
        ("sqlite:other.db", "/home/robin/here/other.db"),
        ("sqlite:/var/lib/x", "/var/lib/x"),
        ("sqlite+pysqlite:///driver.db", "/home/robin/here/driver.db"),
        ("SQLite+aiosqlite:////abs.db", "/abs.db"),
        ("sqlite:///x.db?timeout=5&check_same_thread=false", "/home/robin/here/x.db"),
        ("sqlite:///with space%20kept.db", "/home/robin/here/with space%20kept.db"),
        ("sqlite:///~/ledger.db", "/home/me/ledger.db"),
        ("~/ledger.db", "/home/me/ledger.db"),
        ("./a/./ledger.SQLite", "/home/robin/here/a/ledger.SQLite"),
        ("../up.sqlite3", "/home/robin/here/../up.sqlite3"),
        ("/abs/question?mark.db", "/abs/question?mark.db"),
        ("  padded.db\n", "/home/robin/here/padded.db"),
        ("~other/x.db", "/home/robin/here/~other/x.db"),
    ] {
        assert_eq!(parse(text), Ok(Database::Sqlite { path: path.into() }), "{text}");
    }
}

#[test]
fn a_database_in_memory_has_several_spellings() {
    for text in [
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite:///:memory:",
        ":memory:",
        "sqlite:///x?mode=memory",
    ] {
        assert_eq!(parse(text), Ok(Database::Memory), "{text}");
    }
}

#[test]
fn what_is_no_database_is_refused_by_name() {
    use DatabaseUrlError as E;
    let unknown = |scheme: &str| E::UnknownScheme { scheme: scheme.to_owned() };
    for (text, error) in [
        ("", E::NotAUrl),
        ("ledger", E::NotAUrl),
        ("user:hunter2@host/name", E::NotAUrl),
        ("mysql://u:p@h/db", unknown("mysql")),
        ("mssql+pyodbc://u:p@h/db", unknown("mssql")),
        ("https://example.com/x.db", unknown("https")),
        ("sqlite://", E::NoFile),
        ("sqlite:///", E::NoFile),
        ("sqlite:///folder/", E::NoFile),
        ("sqlite:///x.db?mode=ro", E::ReadOnlyFile),
        ("sqlite:///file:x.db?uri=true", E::FileUri),
        ("postgres://h1,h2/db", E::SeveralHosts),
        ("postgres://h/db?host=h1,h2", E::SeveralHosts),
        ("postgres://h/db?sslmode=sure", E::UnknownSslMode("sslmode")),
        ("postgres://h/db?ssl=perhaps", E::UnknownSslMode("ssl")),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    let message = parse("mysql://u:p@h/db").unwrap_err().to_string();
    assert!(message.contains("mysql://") && message.contains("sqlite:///"), "{message}");
    assert_eq!(Database::parse("~/x.db", Path::new(HERE)), Err(E::NoHome));
}

#[test]
fn every_postgres_spelling_becomes_the_same_url() {
    for scheme in
        ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg", "Postgres"]
    {
        let found = postgres(&format!("{scheme}://ann:s%40crt@db.example.com/books"));
        assert_eq!(
            found.url.expose(),
            "postgres://ann:s%40crt@db.example.com:5432/books?sslmode=require"
        );
        assert_eq!((found.host.as_str(), found.port), ("db.example.com", 5432));
        assert_eq!((found.database.as_str(), found.user.as_deref()), ("books", Some("ann")));
    }
}

#[test]
fn parameters_are_mapped_kept_or_dropped() {
    for (text, url) in [
        ("postgres://h/d?ssl=true", "postgres://h:5432/d?sslmode=require"),
        (
            "postgres://h/d?ssl=require&sslmode=verify-full",
            "postgres://h:5432/d?sslmode=verify-full",
        ),
        ("postgres://h/d?ssl=false", "postgres://h:5432/d?sslmode=disable"),
        ("postgres://h/d?sslmode=Prefer", "postgres://h:5432/d?sslmode=prefer"),
        (
            "postgres://h/d?sslmode=require&sslrootcert=ca.pem",
            "postgres://h:5432/d?sslmode=verify-ca&sslrootcert=%2Fhome%2Frobin%2Fhere%2Fca.pem",
        ),
        (
            "postgres://h/d?sslmode=require&sslrootcert=system",
            "postgres://h:5432/d?sslmode=verify-full",
        ),
        (
            "postgres://h/d?connect_timeout=9&options=-csearch_path%3Dx&pool_size=3&application_name=a",
            "postgres://h:5432/d?sslmode=prefer&application_name=a",
        ),
        ("postgres://u@h/d?port=6432&dbname=e&user=v", "postgres://v@h:6432/e?sslmode=prefer"),
        (
            "postgres://u:p@/d?host=/run/postgresql",
            "postgres://u:p@localhost:5432/d?host=%2Frun%2Fpostgresql&sslmode=disable",
        ),
        (
            "postgres://u@%2Frun%2Fpostgresql:6432/d",
            "postgres://u@localhost:6432/d?host=%2Frun%2Fpostgresql&sslmode=disable",
        ),
        ("postgres:///d", "postgres://localhost:5432/d?sslmode=prefer"),
        ("postgres://u@:6000", "postgres://u@localhost:6000/u?sslmode=prefer"),
        ("postgres://u@[::1]:6000/d", "postgres://u@[::1]:6000/d?sslmode=prefer"),
        ("postgres://h/d?hostaddr=10.1.2.3", "postgres://h:5432/d?sslmode=prefer"),
        ("postgres:///d?hostaddr=10.1.2.3", "postgres://10.1.2.3:5432/d?sslmode=require"),
        ("postgres://u:p%25w%zz@h/d", "postgres://u:p%25w%25zz@h:5432/d?sslmode=prefer"),
    ] {
        let found = postgres(text);
        assert_eq!(found.url.expose(), url, "{text}");
        assert!(Url::parse(url).is_ok());
    }
}

#[test]
fn the_environment_fills_what_the_url_leaves_open() {
    let defaults = PostgresDefaults {
        host: Some("db.example.com".into()),
        port: Some(6543),
        database: Some("books".into()),
        user: Some("ann".into()),
        password: Some(Secret::new("p/w")),
        ssl_mode: Some("verify-full".into()),
        ssl_root_cert: Some("/ca.pem".into()),
    };
    let surroundings =
        Surroundings { working_dir: Path::new(HERE), home: None, postgres: defaults };
    let url = |text| match Database::parse_in(text, &surroundings) {
        Ok(Database::Postgres(postgres)) => postgres.url.expose().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        url("postgres://"),
        "postgres://ann:p%2Fw@db.example.com:6543/books?sslmode=verify-full&sslrootcert=%2Fca.pem"
    );
    assert_eq!(
        url("postgres://bob:x@other:1/d?sslmode=disable&sslrootcert=/b"),
        "postgres://bob:x@other:1/d?sslmode=disable&sslrootcert=%2Fb"
    );
    let wrong = PostgresDefaults { ssl_mode: Some("no".into()), ..PostgresDefaults::default() };
    let surroundings = Surroundings { postgres: wrong, ..surroundings };
    assert_eq!(
        Database::parse_in("postgres://h/d", &surroundings),
        Err(DatabaseUrlError::UnknownSslMode("PGSSLMODE"))
    );
}

#[test]
fn plain_text_to_render_is_refused_however_it_is_asked_for() {
    for query in ["?sslmode=disable", "?sslmode=prefer", "?ssl=false", "?sslmode=allow"] {
        let text = format!("postgres://u:hunter2@dpg-a.oregon-postgres.render.com/d{query}");
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, DatabaseUrlError::PlainTextRefused { .. }), "{error:?}");
    }
    let asked = "postgres://other/d?host=dpg-a.oregon-postgres.render.com&sslmode=disable";
    assert!(parse(asked).is_err(), "the host that counts is the one connected to");
}

#[test]
fn a_reserved_character_in_the_password_never_shows_it() {
    for password in ["hun#ter2", "hun/ter2", "hun?ter2", "1#hunter2", "1/hunter2", "1?hunter2"] {
        let text = format!("postgres://ann:{password}@db.example.com/books");
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, DatabaseUrlError::MalformedPostgres(_)), "{password}: {error:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hun") && !shown.contains("ter2"), "{shown}");
        assert!(shown.contains("percent-encoded"), "{shown}");
    }
    assert_eq!(
        postgres("postgres://u:a@b@h/d").url.expose(),
        "postgres://u:a%40b@h:5432/d?sslmode=prefer"
    );
}

#[test]
fn what_is_shown_never_holds_the_password() {
    for text in [
        "postgres://ann:hunter2@db.example.com/books",
        "postgres://ann@db.example.com/books?password=hunter2",
        "postgres://ann:hunter2@/books?host=/run/pg&sslpassword=hunter2",
    ] {
        let database = parse(text).unwrap();
        let shown = format!("{} {} {database:?}", database.masked(), database.label());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("ann:•••@"), "{shown}");
    }
    assert!(!parse("postgres://ann@h/d").unwrap().masked().contains('•'));
}

#[test]
fn the_label_says_whose_machine_it_is() {
    for (text, label) in [
        ("sqlite:///x.db", "SQLite · this computer"),
        ("sqlite::memory:", "SQLite · in memory"),
        ("postgres://127.0.0.1/d", "Postgres · this computer"),
        ("postgres:///d?host=/run/pg", "Postgres · this computer"),
        ("postgres://u@db.example.com/d", "Postgres · db.example.com"),
    ] {
        assert_eq!(parse(text).unwrap().label(), label);
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_text_after_a_scheme_makes_it_panic(
        scheme in prop::sample::select(vec!["sqlite:", "postgres://", "postgres://u:p@", "postgres://h/d?"]),
        rest in "[\\[\\]a-z0-9:/?#@%&=.,~ \u{0}-\u{2f}é]*",
    ) {
        if let Ok(Database::Postgres(postgres)) = parse(&format!("{scheme}{rest}")) {
            prop_assert!(Url::parse(postgres.url.expose()).is_ok(), "{}", postgres.url.expose());
        }
    }

    #[test]
    fn any_password_survives_and_never_shows(password in "[!-~é ]{6,20}") {
        let text = format!("postgres://ann:{}@db.example.com/books", postgres::encode(&password));
        let database = parse(&text).unwrap();
        let Database::Postgres(found) = &database else { unreachable!() };
        let url = Url::parse(found.url.expose()).unwrap();
        let decoded = percent_encoding::percent_decode_str(url.password().unwrap()).decode_utf8().unwrap();
        prop_assert_eq!(decoded, password.as_str());
        let shown = format!("{} {database:?}", database.masked());
        prop_assert!(!shown.contains(&password), "{}", shown);
    }
}

#[test]
fn how_long_a_call_may_take_is_read_as_libpq_reads_it() {
    let seconds = |query: &str| {
        let timeout = postgres(&format!("postgres://h/d{query}")).connect_timeout;
        timeout.map(|timeout| timeout.as_secs())
    };
    assert_eq!(seconds("?connect_timeout=7"), Some(7));
    for own_idea in ["", "?connect_timeout=0", "?connect_timeout=-1"] {
        assert_eq!(seconds(own_idea), None);
    }
    assert!(parse("postgres://h/d?connect_timeout=soon").is_err());
}
