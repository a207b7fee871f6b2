//! How a `Config` is put together, setting by setting.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use url::Url;

use super::environment::Environment;
use super::file::File;
use super::layers::{Knob, Layers};
use super::place::Place;
use super::source::{ConfigError, Setting, Source, Written};
use super::values::{self, IdleTime, TellerEnvironment, Theme};
use super::{Certificate, Config, ConfigFile};
use crate::cli::{Cli, Command, Options, ServeOptions};
use crate::connect::{PRODUCTS, Script, SigningKey};
use crate::database::{Database, PostgresDefaults};
use crate::secret::Secret;
use crate::vault::Key;

const TELLER_URL: &str = "https://api.teller.io";
const OWN_DATABASE: &str = "passbook.db";
const DEMO_DATABASE: &str = "demo.db";
const SYNC_EVERY: Duration = Duration::from_hours(6);

impl Config {
    /// Reads `.env` unless told not to, and the config file if there is one.
    pub fn resolve(
        cli: &Cli,
        mut environment: Environment,
        place: &Place,
    ) -> Result<Self, ConfigError> {
        if !cli.options.no_dotenv {
            environment.read_dot_env(&place.working_dir)?;
        }
        let path = config_path(&cli.options, &environment, place)?;
        let file = match &path {
            Some(path) => File::read(&path.value, path.source != Source::Default)?,
            None => None,
        };
        let config_file = path.map(|path| ConfigFile { path, found: file.is_some() });
        let file = file.unwrap_or_default();
        let layers = Layers { environment: &environment, file: &file };
        assemble(cli, &layers, place, config_file)
    }

    /// The same, but with the built-in bank and its database, as chosen on the first screen.
    #[must_use]
    pub fn into_demo(self) -> Self {
        let database = match &self.dirs {
            Some(dirs) => Database::Sqlite { path: dirs.data.join(DEMO_DATABASE) },
            None => Database::Memory,
        };
        Self {
            demo: Setting::chosen(true),
            database: Setting::chosen(database),
            read_database: None,
            ..self
        }
    }

    /// The same, but with passbook's own file, whatever else is named; `None` where there is no home.
    #[must_use]
    pub fn into_own_file(self) -> Option<Self> {
        let path = self.dirs.as_ref()?.data.join(OWN_DATABASE);
        Some(Self {
            database: Setting::chosen(Database::Sqlite { path }),
            read_database: None,
            ..self
        })
    }
}

fn assemble(
    cli: &Cli,
    layers: &Layers,
    place: &Place,
    config_file: Option<ConfigFile>,
) -> Result<Config, ConfigError> {
    let options = &cli.options;
    let flag = Knob::flag;
    let switch = Knob::switch;

    let read_only = switch("--read-only", options.read_only).key(|keys| &keys.read_only);
    let environment = flag("--environment", options.environment.as_deref())
        .variable("TELLER_ENVIRONMENT")
        .key(|keys| &keys.environment);
    let application_id =
        flag("", None).variable("TELLER_APPLICATION_ID").key(|keys| &keys.application_id);
    let products = flag("", None).key(|keys| &keys.connect_products);
    let signing_key = flag("", None).variable("TELLER_SIGNING_KEY").key(|keys| &keys.signing_key);
    let connect_script = flag("", None).variable("PASSBOOK_CONNECT_SCRIPT");
    let teller_url = flag("--teller-url", options.teller_url.as_deref())
        .variable("TELLER_API_URL")
        .key(|keys| &keys.teller_url);
    let teller_ca = flag("--teller-ca", options.teller_ca.as_deref())
        .variable("TELLER_CA_PATH")
        .key(|keys| &keys.teller_ca);
    let offline =
        switch("--offline", options.offline).variable("PASSBOOK_OFFLINE").key(|keys| &keys.offline);
    let keyring = switch("", false).variable("PASSBOOK_KEYRING").key(|keys| &keys.keyring);
    let sync_on_start = switch("", false).key(|keys| &keys.sync_on_start);
    let theme = flag("--theme", options.theme.as_deref()).key(|keys| &keys.theme);
    let ascii = switch("--ascii", options.ascii).key(|keys| &keys.ascii);
    let plain = switch("--plain", options.plain).key(|keys| &keys.plain);
    let hide_amounts = switch("", false).key(|keys| &keys.hide_amounts);
    let reduced_motion = switch("", false).key(|keys| &keys.reduced_motion);
    let mouse = switch("", false).key(|keys| &keys.mouse);
    let lock_after = flag("", None).key(|keys| &keys.lock_after);
    let log_level = flag("--log-level", options.log_level.as_deref())
        .variable("LOG_LEVEL")
        .key(|keys| &keys.log_level);
    let sync_every =
        flag("--sync-every", cli.serve.sync_every.as_deref()).key(|keys| &keys.sync_every);
    let metrics = switch("--metrics", cli.serve.metrics)
        .variable("PASSBOOK_METRICS")
        .key(|keys| &keys.metrics);
    let (bind, port) = listen_on(&cli.serve, layers)?;

    Ok(Config {
        dirs: place.dirs.clone(),
        config_file,
        dot_env_file: layers.environment.dot_env_file().map(Path::to_owned),
        demo: layers.setting(&switch("--demo", options.demo), values::switch, false)?,
        database: database(options, layers, place)?,
        read_database: read_database(options, layers, place)?,
        other_database: other_database(cli, layers, place)?,
        backup_dir: backup_dir(layers, place)?,
        read_only: layers.setting(&read_only, values::switch, false)?,
        environment: layers.setting(
            &environment,
            TellerEnvironment::parse,
            TellerEnvironment::default(),
        )?,
        certificate: certificate(options, layers, place)?,
        application_id: layers.optional(&application_id, values::application_id)?,
        connect_products: layers.setting(
            &products,
            values::products,
            PRODUCTS.map(str::to_owned).to_vec(),
        )?,
        signing_key: layers.optional(&signing_key, SigningKey::parse)?,
        connect_script: layers.optional(&connect_script, Script::parse)?,
        teller_url: layers.setting(&teller_url, values::teller_url, default_teller_url())?,
        teller_ca: layers.optional(&teller_ca, |text| place.path(text))?,
        access_tokens: secrets(layers.environment, "TELLER_ACCESS_TOKEN", values::access_tokens)?,
        vault_keys: secrets(layers.environment, "PASSBOOK_KEY", Key::parse_list)?,
        keyring: layers.setting(&keyring, values::switch, true)?,
        offline: layers.setting(&offline, values::switch, false)?,
        sync_on_start: layers.setting(&sync_on_start, values::switch, false)?,
        theme: layers.setting(&theme, |text| parse_theme(text, place), Theme::default())?,
        ascii: layers.setting(&ascii, values::switch, false)?,
        plain: layers
            .optional(&plain, values::switch)?
            .unwrap_or_else(|| plain_by_terminal(layers.environment)),
        hide_amounts: layers.setting(&hide_amounts, values::switch, false)?,
        reduced_motion: layers.setting(&reduced_motion, values::switch, false)?,
        mouse: layers.setting(&mouse, values::switch, true)?,
        lock_after: layers.setting(&lock_after, IdleTime::parse, IdleTime::default())?,
        no_color: no_color(layers.environment),
        log_level: layers.setting(&log_level, values::log_level, LevelFilter::INFO)?,
        bind,
        port,
        sync_every: layers.setting(&sync_every, values::duration, SYNC_EVERY)?,
        metrics: layers.setting(&metrics, values::switch, false)?,
        webhook_secrets: secrets(
            layers.environment,
            "TELLER_WEBHOOK_SECRETS",
            values::webhook_secrets,
        )?,
    })
}

fn config_path(
    options: &Options,
    environment: &Environment,
    place: &Place,
) -> Result<Option<Setting<PathBuf>>, ConfigError> {
    let nothing = File::default();
    let layers = Layers { environment, file: &nothing };
    let knob = Knob::flag("--config", options.config.as_deref()).variable("PASSBOOK_CONFIG");
    let default = place.dirs.as_ref().map(|dirs| dirs.config.join("config.toml"));
    Ok(layers.optional(&knob, |text| place.path(text))?.or(default.map(Setting::default)))
}

fn database(
    options: &Options,
    layers: &Layers,
    place: &Place,
) -> Result<Setting<Database>, ConfigError> {
    let surroundings = place.surroundings(postgres_defaults(layers.environment, place)?);
    let read = |written: Written| written.read(|text| Database::parse_in(text, &surroundings));

    let flag = Knob::flag("--database-url", options.database_url.as_deref());
    if let Some(written) = layers.find(&flag) {
        return read(written);
    }
    // Whatever the environment or the file names is the real one.
    if options.demo {
        let demo = default_database(place, DEMO_DATABASE)?;
        return Ok(Setting { source: Source::Flag, origin: "--demo".to_owned(), ..demo });
    }
    let file = Knob::flag("", None).key(|keys| &keys.database_url);
    match layers.environment.database_url()?.or_else(|| layers.find(&file)) {
        Some(written) => read(written),
        None => default_database(place, OWN_DATABASE),
    }
}

/// The demo has a database of its own, of which the real one's replica is none.
fn read_database(
    options: &Options,
    layers: &Layers,
    place: &Place,
) -> Result<Option<Setting<Database>>, ConfigError> {
    if options.demo {
        return Ok(None);
    }
    let knob = Knob::flag("", None).variable("PASSBOOK_READ_URL").key(|keys| &keys.read_url);
    let surroundings = place.surroundings(postgres_defaults(layers.environment, place)?);
    layers.optional(&knob, |text| match Database::parse_in(text, &surroundings) {
        Ok(Database::Postgres(postgres)) => Ok(Database::Postgres(postgres)),
        Ok(_) => Err("must name a replica of a Postgres database: a file has none".to_owned()),
        Err(error) => Err(error.to_string()),
    })
}

fn other_database(
    cli: &Cli,
    layers: &Layers,
    place: &Place,
) -> Result<Option<Setting<Database>>, ConfigError> {
    let knob = match &cli.command {
        Some(Command::Copy(args)) => Knob::flag("--to", Some(&args.to)),
        Some(Command::Adopt(args)) => Knob::flag("adopt", args.from.as_deref()),
        _ => return Ok(None),
    };
    let surroundings = place.surroundings(postgres_defaults(layers.environment, place)?);
    layers.optional(&knob, |text| Database::parse_in(text, &surroundings))
}

fn backup_dir(layers: &Layers, place: &Place) -> Result<Setting<PathBuf>, ConfigError> {
    let knob = Knob::flag("", None).variable("PASSBOOK_BACKUP_DIR");
    // Without a home there is no better place than where the program was started.
    let default = place.dirs.as_ref().map_or(&place.working_dir, |dirs| &dirs.data);
    let default = Setting::default(default.join("backups"));
    Ok(layers.optional(&knob, |text| place.path(text))?.unwrap_or(default))
}

fn default_database(place: &Place, name: &str) -> Result<Setting<Database>, ConfigError> {
    let dirs = place.dirs.as_ref().ok_or_else(|| {
        let problem = "there is no home directory to keep a database in: name one with \
            --database-url or DATABASE_URL";
        ConfigError::new("database", problem)
    })?;
    Ok(Setting::default(Database::Sqlite { path: dirs.data.join(name) }))
}

/// What libpq would take from its environment where a URL is silent.
fn postgres_defaults(
    environment: &Environment,
    place: &Place,
) -> Result<PostgresDefaults, ConfigError> {
    let port = environment.get("PGPORT").map(|written| written.read(values::port)).transpose()?;
    let socket = || place.postgres_socket.as_ref().map(|path| path.display().to_string());
    Ok(PostgresDefaults {
        host: environment.text("PGHOST").or_else(socket),
        port: port.map(|setting| setting.value),
        database: environment.text("PGDATABASE"),
        user: environment.text("PGUSER"),
        password: environment.text("PGPASSWORD").map(Secret::new),
        ssl_mode: environment.text("PGSSLMODE"),
        ssl_root_cert: environment.text("PGSSLROOTCERT"),
    })
}

fn certificate(
    options: &Options,
    layers: &Layers,
    place: &Place,
) -> Result<Option<Certificate>, ConfigError> {
    let cert = Knob::flag("--cert", options.cert.as_deref())
        .variable("TELLER_CERT_PATH")
        .key(|keys| &keys.cert);
    let key = Knob::flag("--cert-key", options.cert_key.as_deref())
        .variable("TELLER_KEY_PATH")
        .key(|keys| &keys.cert_key);
    let cert = layers.optional(&cert, |text| place.path(text))?;
    let key = layers.optional(&key, |text| place.path(text))?;
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(Certificate { cert, key })),
        (None, None) => Ok(None),
        (Some(cert), None) => Err(ConfigError::new(
            cert.origin,
            "a certificate needs its private key beside it: --cert-key or TELLER_KEY_PATH",
        )),
        (None, Some(key)) => Err(ConfigError::new(
            key.origin,
            "a private key needs its certificate beside it: --cert or TELLER_CERT_PATH",
        )),
    }
}

/// A platform that sets `PORT` sends its requests from outside; a `.env` file is no platform.
fn listen_on(
    serve: &ServeOptions,
    layers: &Layers,
) -> Result<(Setting<IpAddr>, Setting<u16>), ConfigError> {
    let bind = Knob::flag("--bind", serve.bind.as_deref()).key(|keys| &keys.bind);
    let port = Knob::flag("--port", serve.port.as_deref()).variable("PORT").key(|keys| &keys.port);
    let port = layers.setting(&port, values::port, 8001)?;
    let bind = match layers.optional(&bind, values::address)? {
        Some(bind) => bind,
        None if port.source == Source::Environment => Setting {
            value: Ipv4Addr::UNSPECIFIED.into(),
            source: port.source,
            origin: port.origin.clone(),
        },
        None => Setting::default(Ipv4Addr::LOCALHOST.into()),
    };
    Ok((bind, port))
}

/// From the environment alone: a settings file is no place for a secret.
fn secrets<T, E: fmt::Display>(
    environment: &Environment,
    name: &'static str,
    read: fn(&str) -> Result<Vec<T>, E>,
) -> Result<Setting<Vec<T>>, ConfigError> {
    let written = environment.get(name);
    written.map_or(Ok(Setting::default(Vec::new())), |written| written.read(read))
}

fn parse_theme(text: &str, place: &Place) -> Result<Theme, String> {
    let directory = place.dirs.as_ref().map(|dirs| dirs.config.join("themes"));
    Theme::parse(text, directory.as_deref())
}

/// A terminal that can't move its cursor can still be written to.
fn plain_by_terminal(environment: &Environment) -> Setting<bool> {
    if environment.process("TERM") != Some("dumb") {
        return Setting::default(false);
    }
    Setting { value: true, source: Source::Environment, origin: "TERM=dumb".to_owned() }
}

fn no_color(environment: &Environment) -> Setting<bool> {
    match environment.get("NO_COLOR") {
        Some(Written { source, origin, .. }) => Setting { value: true, source, origin },
        None => Setting::default(false),
    }
}

fn default_teller_url() -> Url {
    Url::parse(TELLER_URL).expect("the default is a URL")
}
