//! Reads Prometheus's text format as strictly as it is written down, and forgives nothing.

use std::collections::{BTreeMap, BTreeSet};

/// Every sample of a page: name and labels → value.
pub struct Page {
    pub samples: BTreeMap<(String, Vec<(String, String)>), f64>,
    pub families: BTreeSet<String>,
}

struct Family {
    name: String,
    kind: Option<String>,
}

impl Page {
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut page = Self { samples: BTreeMap::new(), families: BTreeSet::new() };
        let mut family = Family { name: String::new(), kind: None };
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').expect("a name and its help");
                assert!(!words.is_empty() && is_name(name), "{line}");
                assert!(page.families.insert(name.to_owned()), "twice: {line}");
                family = Family { name: name.to_owned(), kind: None };
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a name and its type");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(name == family.name && family.kind.is_none(), "{line}");
                family.kind = Some(kind.to_owned());
            } else {
                let (sample, value) = read_sample(line);
                check_name(&family, &sample.0, line);
                assert!(page.samples.insert(sample, value).is_none(), "twice: {line}");
            }
        }
        page
    }

    /// Of the one sample with this name and at least this label.
    pub fn value(&self, name: &str, label: Option<(&str, &str)>) -> Option<f64> {
        let found = self.samples.iter().find(|((known, labels), _)| {
            known == name
                && label.is_none_or(|(label, word)| {
                    labels.iter().any(|(known, value)| known == label && value == word)
                })
        });
        found.map(|(_, value)| *value)
    }
}

fn check_name(family: &Family, name: &str, line: &str) {
    let suffix = name.strip_prefix(family.name.as_str());
    let suffix = suffix.unwrap_or_else(|| panic!("of no family: {line}"));
    match family.kind.as_deref().expect("its type comes first") {
        "histogram" => assert!(["_bucket", "_sum", "_count"].contains(&suffix), "{line}"),
        kind => {
            assert_eq!(suffix, "", "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        }
    }
}

fn read_sample(line: &str) -> ((String, Vec<(String, String)>), f64) {
    let (sample, value) = line.rsplit_once(' ').expect("a value");
    let value = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
    let (name, labels) = match sample.split_once('{') {
        None => (sample, Vec::new()),
        Some((name, labels)) => {
            let labels = labels.strip_suffix("\"}").expect("labels end");
            let labels = labels.split("\",").map(|label| {
                let (label, word) = label.split_once("=\"").expect("a label and its word");
                assert!(is_name(label) && !word.contains(['"', '\\']), "{line}");
                (label.to_owned(), word.to_owned())
            });
            (name, labels.collect())
        }
    };
    assert!(is_name(name), "{line}");
    ((name.to_owned(), labels), value)
}

fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    starts && name.chars().all(|part| part.is_ascii_lowercase() || part == '_')
}
