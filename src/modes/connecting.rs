//! What linking a bank takes, put together from the settings, the store and the answers of a person.

use passbook::app::connecting::{Told, Wish};
use passbook::bank::Bank;
use passbook::clock::Clock;
use passbook::config::{Checked, Config, Place, TellerEnvironment};
use passbook::connect::{Attempt, Repair, Script};
use passbook::domain::Enrollment;
use passbook::domain::linking::{Answers, Missing, Question};
use passbook::enroll;
use passbook::linking::{Link, link};
use passbook::store::Store;
use passbook::teller::certificate_expiry;
use passbook::tui::{Linker, Outcome, Watcher};
use passbook::vault::{Key, Vault, VaultOptions};

use super::first_run::shown;
use super::{Shared, bank, client_options, now, settle};

/// Of the built-in bank.
const DEMO_APPLICATION: &str = "app_demo";

/// What differs from one attempt to the next.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub institution: Option<String>,
    pub repair: Option<Repair>,
    /// 0: any that is free.
    pub port: u16,
    pub open_browser: bool,
}

/// The screen's way to a bank.
pub fn linker(shared: Shared, place: Place, clock: Clock) -> Linker {
    Box::new(move |store, asked, wish, watcher| {
        let (shared, place, clock) = (shared.clone(), place.clone(), clock.clone());
        Box::pin(
            async move { attempt(&shared, &place, clock, (store, asked), wish, watcher).await },
        )
    })
}

async fn attempt(
    shared: &Shared,
    place: &Place,
    clock: Clock,
    (store, asked): (Store, Bank),
    wish: Wish,
    mut watcher: Watcher,
) -> Result<Outcome, String> {
    let config = match answered(&now(shared), &wish.answers, place) {
        Ok(config) => config,
        Err(missing) => return Ok(Outcome::Missing(missing)),
    };
    settle(shared, &config);
    let mut config = config;
    let mut wanted = Wanted { open_browser: true, ..Wanted::default() };
    if let Some(repair) = wish.repair {
        let known = enrollment(&store, repair.enrollment.as_str()).await?;
        config = in_environment(config, &known);
        wanted.repair = Some(again(&known));
    }
    if let Some(missing) = config.missing_to_connect() {
        return Ok(Outcome::Missing(missing));
    }
    let beware = beware(&store, &config, &wanted).await;
    watcher.tell(Told::Beware(beware));
    // The built-in bank is one and the same for as long as the program runs.
    let bank = if config.demo.value {
        asked
    } else {
        bank(&config, &store, clock.clone()).await.map_err(|report| format!("{report:#}"))?
    };
    let ready = prepare(&config, place, &store, &bank, clock, wanted)?;
    let linked = link(ready, &mut watcher).await.map_err(|error| error.to_string())?;
    Ok(Outcome::Linked(Box::new(linked), bank))
}

/// The settings with the answers in them and in the file; else what is missing still, or wrong.
pub fn answered(config: &Config, answers: &Answers, place: &Place) -> Result<Config, Missing> {
    let ask = |wrong: Option<(Question, String)>| {
        let said = answers.0.clone();
        let asked = config.missing_to_connect().unwrap_or_default().questions;
        let kept = |question: &Question| said.iter().find(|(it, _)| it == question).cloned();
        let questions = asked.into_iter().map(|it| kept(&it.0).unwrap_or(it)).collect();
        Missing { questions, wrong }
    };
    if answers.0.is_empty() {
        return match config.missing_to_connect() {
            Some(missing) => Err(missing),
            None => Ok(config.clone()),
        };
    }
    let checked = Checked::of(answers, place).map_err(|wrong| ask(Some(wrong)))?;
    let with = config.with_answers(&checked);
    if let Some(missing) = with.missing_to_connect() {
        let (first, _) = missing.questions[0];
        let why = format!("without {} no bank can be connected", first.label());
        return Err(ask(Some((first, why))));
    }
    check_certificate(&with).map_err(|why| ask(Some((Question::Certificate, why))))?;
    // Without a home there is nowhere to keep them: then they hold for this time.
    if let Err(error) = config.keep_answers(&checked) {
        tracing::warn!(%error, "keeping what was answered");
    }
    Ok(with)
}

/// Readable, a pair, and valid today.
fn check_certificate(config: &Config) -> Result<(), String> {
    let Some(identity) = client_options(config).identity else { return Ok(()) };
    certificate_expiry(&identity).map(drop).map_err(|error| error.to_string())
}

/// The enrollment with this id, or the only one of a bank or a name.
pub async fn enrollment(store: &Store, named: &str) -> Result<Enrollment, String> {
    let all = store.load_every_enrollment().await.map_err(|report| format!("{report:#}"))?;
    let there: Vec<&Enrollment> = all.iter().filter(|it| it.removed_at.is_none()).collect();
    if let Some(exact) = there.iter().find(|it| it.id.as_str() == named) {
        return Ok((*exact).clone());
    }
    let is_named = |it: &&&Enrollment| {
        let alike = |name: &str| name.eq_ignore_ascii_case(named);
        alike(it.label()) || alike(&it.institution.name) || alike(&it.institution.id)
    };
    let list = |of: &[&Enrollment]| {
        let lines = of.iter().map(|it| format!("\n  {}  {}", it.id, it.label()));
        lines.collect::<String>()
    };
    let found: Vec<&Enrollment> = there.iter().filter(is_named).copied().collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] if there.is_empty() => Err("no bank is connected yet".to_owned()),
        [] => Err(format!("there is no such enrollment; these are connected:{}", list(&there))),
        several => Err(format!("several are called that; name one by its id:{}", list(several))),
    }
}

pub fn again(known: &Enrollment) -> Repair {
    let enrollment_id = known.id.as_str().to_owned();
    Repair { enrollment_id, institution: known.label().to_owned() }
}

/// Enrollments never move between environments.
pub fn in_environment(config: Config, known: &Enrollment) -> Config {
    match TellerEnvironment::named(&known.environment) {
        Some(environment) => config.in_environment(environment),
        None => config,
    }
}

/// What a user should know before one of few enrollments is spent.
pub async fn beware(store: &Store, config: &Config, wanted: &Wanted) -> Vec<String> {
    let is_limited = config.environment.value == TellerEnvironment::Development;
    if config.demo.value || !is_limited || wanted.repair.is_some() {
        return Vec::new();
    }
    let all = store.load_every_enrollment().await.unwrap_or_default();
    let linked = all.iter().filter(|it| it.removed_at.is_none() && it.environment == "development");
    let names: Vec<&str> = linked.map(Enrollment::label).collect();
    let spent = enroll::development_spent(store).await.unwrap_or_default();
    let mut sentences = vec![format!(
        "{spent} of the {} development enrollments you will ever have are spent, as far as this \
         database knows.",
        enroll::DEVELOPMENT_LIMIT
    )];
    if !names.is_empty() {
        sentences.push(format!(
            "Connected already: {}. Choosing one of them again spends another: to mend it, sign in \
             again instead (enter on the sync screen, or --repair).",
            names.join(", ")
        ));
    }
    sentences
}

/// The bank's name, where one of this id is linked in an environment that allows few.
pub async fn linked_at(
    store: &Store,
    config: &Config,
    institution: Option<&str>,
) -> Option<String> {
    let is_limited = config.environment.value == TellerEnvironment::Development;
    let wanted = institution.filter(|_| is_limited && !config.demo.value)?;
    let all = store.load_every_enrollment().await.unwrap_or_default();
    let linked = all.iter().find(|it| {
        it.removed_at.is_none() && it.environment == "development" && it.institution.id == wanted
    });
    linked.map(|it| it.label().to_owned())
}

pub fn prepare(
    config: &Config,
    place: &Place,
    store: &Store,
    bank: &Bank,
    clock: Clock,
    wanted: Wanted,
) -> Result<Link, String> {
    let script = match (&config.connect_script, bank.connect_script()) {
        (Some(script), _) => script.value.clone(),
        (None, Some(script)) => Script::parse(&script).map_err(|error| error.to_string())?,
        (None, None) => Script::default(),
    };
    let application_id = match &config.application_id {
        Some(id) => id.value.clone(),
        None => DEMO_APPLICATION.to_owned(),
    };
    let environment = if config.demo.value { "sandbox" } else { config.environment.value.as_str() };
    let attempt = Attempt {
        application_id,
        environment: environment.to_owned(),
        products: config.connect_products.value.clone(),
        institution: wanted.institution,
        repair: wanted.repair,
        script,
        kept_in: shown(config, place),
        port: wanted.port,
        clock,
    };
    Ok(Link {
        store: store.clone(),
        vault: vault(config),
        client: bank.client(environment).map_err(|error| error.to_string())?,
        attempt,
        key: config.signing_key.as_ref().map(|key| key.value),
        open_browser: wanted.open_browser,
    })
}

/// Tokens of the built-in bank are no secret: a key for them is made up, and kept nowhere.
fn vault(config: &Config) -> Vault {
    if !config.demo.value {
        return Vault::new(config.vault());
    }
    let given = vec![Key::new_random()];
    Vault::new(VaultOptions { given, use_keyring: false, file: None })
}
