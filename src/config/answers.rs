//! What a user says when a bank is linked, kept in the config file: nothing of it is secret.

use std::path::{Path, PathBuf};

use super::edit::EditError;
use super::source::{Setting, Source};
use super::{Certificate, Config, Place, TellerEnvironment, values};
use crate::domain::linking::{Answers, Missing, Question};

/// Answers that can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    application_id: Option<String>,
    environment: Option<TellerEnvironment>,
    certificate: Option<(PathBuf, PathBuf)>,
}

type Wrong = (Question, String);

impl Checked {
    /// Which answer cannot be used, and why.
    pub fn of(answers: &Answers, place: &Place) -> Result<Self, Wrong> {
        let read = |question: Question| answers.get(question);
        let path = |question: Question| {
            let path = read(question).map(|text| place.path(text));
            path.transpose().map_err(|error| (question, error.to_string()))
        };
        let certificate = match (path(Question::Certificate)?, path(Question::Key)?) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err((Question::Key, "a certificate needs its key beside it".to_owned()));
            }
            (None, Some(_)) => {
                let why = "a key needs its certificate beside it";
                return Err((Question::Certificate, why.to_owned()));
            }
        };
        Ok(Self {
            application_id: checked(read, Question::ApplicationId, values::application_id)?,
            environment: checked(read, Question::Environment, TellerEnvironment::parse)?,
            certificate,
        })
    }
}

fn checked<'a, T>(
    read: impl Fn(Question) -> Option<&'a str>,
    question: Question,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Wrong> {
    read(question).map(parse).transpose().map_err(|why| (question, why))
}

impl Config {
    /// What must be asked before a bank can be linked. Where nothing was ever said of Teller, the
    /// environment is worth a question, too.
    pub fn missing_to_connect(&self) -> Option<Missing> {
        if self.demo.value {
            return None;
        }
        let mut questions = Vec::new();
        if self.application_id.is_none() {
            questions.push((Question::ApplicationId, String::new()));
            if self.environment.source == Source::Default {
                let environment = self.environment.value.as_str().to_owned();
                questions.push((Question::Environment, environment));
            }
        }
        let asks_environment = questions.len() > 1;
        let needs_certificate =
            asks_environment || self.environment.value != TellerEnvironment::Sandbox;
        if self.certificate.is_none() && needs_certificate {
            questions.push((Question::Certificate, String::new()));
            questions.push((Question::Key, String::new()));
        }
        (!questions.is_empty()).then_some(Missing { questions, wrong: None })
    }

    /// For this process. What a flag or a variable says is not asked for, so nothing wins over it.
    #[must_use]
    pub fn with_answers(&self, answers: &Checked) -> Self {
        let mut config = self.clone();
        let file = self.config_file.as_ref().map(|file| file.path.value.display().to_string());
        let origin = file.unwrap_or_else(|| "your answer".to_owned());
        if let Some(id) = &answers.application_id {
            config.application_id = Some(setting(id.clone(), &origin));
        }
        if let Some(environment) = answers.environment {
            config.environment = setting(environment, &origin);
        }
        if let Some((cert, key)) = &answers.certificate {
            let (cert, key) = (setting(cert.clone(), &origin), setting(key.clone(), &origin));
            config.certificate = Some(Certificate { cert, key });
        }
        config
    }

    /// That of an enrollment which is known.
    #[must_use]
    pub fn in_environment(self, environment: TellerEnvironment) -> Self {
        let origin = "the enrollment".to_owned();
        Self { environment: Setting { value: environment, source: Source::Flag, origin }, ..self }
    }

    /// For the next start. The file's comments, order and other lines stay as they are.
    pub fn keep_answers(&self, answers: &Checked) -> Result<(), EditError> {
        if let Some(id) = &answers.application_id {
            self.write("application_id", Some(id))?;
        }
        if let Some(environment) = answers.environment {
            self.write("environment", Some(environment.as_str()))?;
        }
        if let Some((cert, key)) = &answers.certificate {
            let text = |path: &Path| path.to_string_lossy().into_owned();
            self.write("cert", Some(&text(cert)))?;
            self.write("cert_key", Some(&text(key)))?;
        }
        Ok(())
    }
}

fn setting<T>(value: T, origin: &str) -> Setting<T> {
    Setting { value, source: Source::File, origin: origin.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answers: &[(Question, &str)]) -> Result<Checked, Wrong> {
        let answers = answers.iter().map(|(asked, text)| (*asked, (*text).to_owned())).collect();
        let place = Place { working_dir: "/w".into(), home: Some("/h".into()), ..Place::default() };
        Checked::of(&Answers(answers), &place)
    }

    #[test]
    fn an_answer_that_cannot_be_used_is_named_with_its_reason() {
        use Question as Q;
        for (question, text, why) in [
            (Q::ApplicationId, "token_abc", "is an access token"),
            (Q::ApplicationId, "4711", "must be an application id"),
            (Q::Environment, "live", "must be"),
            (Q::Certificate, "/c.pem", "needs its key"),
        ] {
            let (_, told) = check(&[(question, text)]).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
        let both = check(&[(Q::Certificate, " ~/c.pem "), (Q::Key, "k.pem")]).unwrap();
        assert_eq!(both.certificate, Some(("/h/c.pem".into(), "/w/k.pem".into())));
        assert_eq!(check(&[(Q::Certificate, " "), (Q::Key, "")]), Ok(Checked::default()));
    }
}
