//! The files that other systems read: what they name must exist here, and be what those systems know.
//!
//! Render's words are those of its Blueprint reference (render.com/docs/blueprint-spec).

#![expect(clippy::unwrap_used, reason = "a file that cannot be read shall end the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use passbook::cli::Cli;
use serde_norway::Value;

/// Of a web service, those that a blueprint of ours may use.
const SERVICE: &[&str] = &[
    "type",
    "name",
    "runtime",
    "plan",
    "region",
    "branch",
    "buildCommand",
    "startCommand",
    "preDeployCommand",
    "healthCheckPath",
    "maxShutdownDelaySeconds",
    "envVars",
    "autoDeployTrigger",
    "numInstances",
];
const DATABASE: &[&str] = &[
    "name",
    "databaseName",
    "user",
    "plan",
    "region",
    "diskSizeGB",
    "postgresMajorVersion",
    "ipAllowList",
    "readReplicas",
    "highAvailability",
];
const PROPERTIES: &[&str] =
    &["host", "port", "database", "user", "password", "connectionString", "connectionPoolString"];

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn yaml(name: &str) -> Value {
    serde_norway::from_str(&read(name)).unwrap()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Which names every variable that passbook reads.
fn help() -> String {
    Cli::command().render_long_help().to_string()
}

/// The words of a command, which must be one of ours.
fn assert_runs(command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let ours = words.iter().position(|word| word.ends_with("passbook")).unwrap();
    Cli::try_parse_from(&words[ours..]).unwrap();
}

#[test]
fn the_blueprint_names_only_what_render_and_passbook_know() {
    let blueprint = yaml("render.yaml");
    assert_eq!(keys(&blueprint), BTreeSet::from(["databases".to_owned(), "services".to_owned()]));
    let databases = list(&blueprint["databases"]);
    for database in databases {
        assert!(keys(database).iter().all(|key| DATABASE.contains(&key.as_str())), "{database:?}");
        let version: u32 = text(&database["postgresMajorVersion"]).parse().unwrap();
        assert!((13..=18).contains(&version));
        assert_eq!(list(&database["ipAllowList"]), [] as [Value; 0], "nobody from outside");
    }
    for service in list(&blueprint["services"]) {
        assert!(keys(service).iter().all(|key| SERVICE.contains(&key.as_str())), "{service:?}");
        assert_eq!(text(&service["type"]), "web");
        assert_eq!(text(&service["runtime"]), "rust");
        assert!(["/health", "/readyz"].contains(&text(&service["healthCheckPath"])));
        let shutdown = service["maxShutdownDelaySeconds"].as_u64().unwrap();
        assert!((10..=300).contains(&shutdown), "passbook stops within ten seconds");
        assert_runs(text(&service["startCommand"]));
        for variable in list(&service["envVars"]) {
            let name = text(&variable["key"]);
            assert!(help().contains(name), "passbook reads no {name}");
            if let Some(from) = variable.get("fromDatabase") {
                let of = &from["name"];
                assert!(databases.iter().any(|database| database["name"] == *of), "{of:?}");
                assert!(PROPERTIES.contains(&text(&from["property"])));
            }
            let secret = name.contains("TOKEN") || name.contains("KEY") || name.contains("SECRET");
            assert!(!secret || variable.get("value").is_none(), "{name} is a secret");
        }
    }
}

#[test]
fn what_builds_for_servers_builds_what_cargo_knows() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let profiles = manifest["profile"].as_table().unwrap();
    let minimum = manifest["package"]["rust-version"].as_str().unwrap().to_owned();
    let blueprint = yaml("render.yaml");
    let build = text(&blueprint["services"][0]["buildCommand"]).to_owned();
    let dockerfile = read("Dockerfile");
    for command in [&build, &dockerfile] {
        let profile = command.split("--profile ").nth(1).unwrap();
        let profile = profile.split_whitespace().next().unwrap();
        let known = ["minimal", "release"].contains(&profile) || profiles.contains_key(profile);
        assert!(known, "{profile}");
        assert!(command.contains("--locked"), "{command}");
        assert!(command.contains("target/dist/passbook") || command.contains("--profile dist"));
    }
    let image = dockerfile.lines().find(|line| line.starts_with("FROM rust:")).unwrap();
    let version = image.trim_start_matches("FROM rust:").split('-').next().unwrap();
    let number = |version: &str| -> Vec<u32> {
        version.split('.').map(|part| part.parse().unwrap()).collect()
    };
    assert!(number(version) >= number(&minimum), "{version} is older than {minimum}");
}

#[test]
fn the_compose_files_database_is_the_one_that_the_example_names() {
    let compose = yaml("docker-compose.yml");
    let variables = keys(&compose["services"]["db"]["environment"]);
    let example = read(".env.example");
    for variable in &variables {
        assert!(example.contains(&format!("{variable}=")), "{variable} is in no example");
        assert!(help().contains(variable), "passbook reads no {variable}");
    }
    let port = text(&compose["services"]["db"]["ports"][0]);
    assert!(port.starts_with("127.0.0.1:"), "not open to the network");
}
