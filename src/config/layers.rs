//! Flag over environment over file: the one place that knows the order.

use std::fmt;

use super::environment::Environment;
use super::file::{File, Key, Keys};
use super::source::{ConfigError, Setting, Written};

pub(super) struct Layers<'a> {
    pub(super) environment: &'a Environment,
    pub(super) file: &'a File,
}

/// One setting's name in each layer that has it.
pub(super) struct Knob<'a> {
    pub(super) flag: &'static str,
    pub(super) typed: Option<&'a str>,
    pub(super) variable: Option<&'static str>,
    pub(super) key: Option<fn(&Keys) -> &Key>,
}

impl<'a> Knob<'a> {
    pub(super) fn flag(flag: &'static str, typed: Option<&'a str>) -> Self {
        Self { flag, typed, variable: None, key: None }
    }

    /// A flag without a value says yes; its absence says nothing.
    pub(super) fn switch(flag: &'static str, typed: bool) -> Self {
        Self::flag(flag, typed.then_some("true"))
    }

    pub(super) fn variable(self, name: &'static str) -> Self {
        Self { variable: Some(name), ..self }
    }

    pub(super) fn key(self, key: fn(&Keys) -> &Key) -> Self {
        Self { key: Some(key), ..self }
    }
}

impl Layers<'_> {
    pub(super) fn find(&self, knob: &Knob) -> Option<Written> {
        let flag = || knob.typed.map(|text| Written::flag(knob.flag, text));
        let variable = || knob.variable.and_then(|name| self.environment.get(name));
        let key = || knob.key.and_then(|key| self.file.get(key));
        flag().or_else(variable).or_else(key)
    }

    pub(super) fn optional<T, E: fmt::Display>(
        &self,
        knob: &Knob,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<Setting<T>>, ConfigError> {
        self.find(knob).map(|written| written.read(parse)).transpose()
    }

    pub(super) fn setting<T, E: fmt::Display>(
        &self,
        knob: &Knob,
        parse: impl FnOnce(&str) -> Result<T, E>,
        default: T,
    ) -> Result<Setting<T>, ConfigError> {
        Ok(self.optional(knob, parse)?.unwrap_or_else(|| Setting::default(default)))
    }
}
