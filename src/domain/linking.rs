//! Linking a bank as it is told to a person: from the address of the page to the accounts found.

use super::{Account, EnrollmentId};

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The page is served and waits for a browser.
    Waiting(Place),
    /// A browser has the page.
    Opened,
    /// Connect can be opened there.
    Ready,
    /// It was: the user chooses a bank and signs in.
    Started,
    /// It was left; another attempt is possible.
    Exited,
    /// Its script did not come.
    Blocked,
    /// This bank has let the user in, and is asked for the accounts.
    Checking(String),
}

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub address: String,
    pub port: u16,
    pub browser: Browser,
}

/// What became of opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browser {
    Opened,
    /// As asked.
    LeftAlone,
    /// This computer shows no windows.
    NoDisplay,
    Failed(String),
}

/// What only a person can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A signing key is configured, and what this bank's login brought is not signed with it.
    Unsigned(String),
    /// The bank could not be asked: why. The token would be lost.
    NotAsked(String),
    /// An account under an id that nobody knew looks like one that is known.
    SameAccount {
        /// Both as they are labelled: `Everyday Checking ·4821`.
        listed: String,
        known: String,
        /// Settled rows of days that both have, and how many of them are the same.
        compared: usize,
        same: usize,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedBank {
    pub enrollment: EnrollmentId,
    pub institution: String,
    /// As the bank lists them.
    pub accounts: Vec<Account>,
    /// It was linked before, and its accounts are the same.
    pub known: bool,
    /// Look like accounts that are known, and wait for an answer.
    pub open: usize,
    /// What else is worth knowing, a sentence each: where a key was made, what could not be read.
    pub told: Vec<String>,
}

/// What has to be known before a page can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    ApplicationId,
    Environment,
    Certificate,
    Key,
}

/// Questions that nobody has answered yet, in order, each with what may stand there already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    pub questions: Vec<(Question, String)>,
    /// Which of the last answers cannot be used, and why.
    pub wrong: Option<(Question, String)>,
}

/// As they were typed. Nothing in them is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(pub Vec<(Question, String)>);

impl Question {
    pub fn label(self) -> &'static str {
        match self {
            Self::ApplicationId => "application id",
            Self::Environment => "environment",
            Self::Certificate => "certificate",
            Self::Key => "its key",
        }
    }

    /// Where the answer is to be found.
    pub fn hint(self) -> &'static str {
        match self {
            Self::ApplicationId => {
                "app_…, as teller.io/settings/application shows it once you have signed up"
            }
            Self::Environment => {
                "sandbox: made-up banks; development: your own, 100 in all; production: billed"
            }
            Self::Certificate => {
                "path of certificate.pem from teller.zip (teller.io/settings/certificates); not \
                 needed in the sandbox"
            }
            Self::Key => "path of private_key.pem, from the same teller.zip",
        }
    }
}

impl Answers {
    /// Without blanks; `None` where nothing was said.
    pub fn get(&self, question: Question) -> Option<&str> {
        let (_, answer) = self.0.iter().find(|(asked, _)| *asked == question)?;
        Some(answer.trim()).filter(|answer| !answer.is_empty())
    }
}

impl Linking {
    pub fn sentence(&self) -> String {
        match self {
            Self::Waiting(_) => "waiting for a browser to open the page".to_owned(),
            Self::Opened => "the page is open; Connect is loading".to_owned(),
            Self::Ready => "Connect is ready: choose your bank there".to_owned(),
            Self::Started => "waiting for you to sign in at your bank".to_owned(),
            Self::Exited => "closed without an answer: the page allows another try".to_owned(),
            Self::Blocked => "Teller's script did not load: the page says what to do".to_owned(),
            Self::Checking(bank) => format!("{bank} has let you in; asking for the accounts"),
        }
    }
}

impl Place {
    /// What to do where no browser has come up by itself.
    pub fn advice(&self) -> String {
        let forward = format!("ssh -L {0}:127.0.0.1:{0} this-computer", self.port);
        match &self.browser {
            Browser::Opened => "Your browser should show it now. If not, open this address:".into(),
            Browser::LeftAlone => "Open this address in a browser:".to_owned(),
            Browser::NoDisplay => format!(
                "This computer shows no windows. Where your browser is, run `{forward}`, then open:"
            ),
            Browser::Failed(why) => {
                format!("The browser could not be opened ({why}). Open this address in one:")
            }
        }
    }
}

impl Doubt {
    /// Ends with a question that yes and no answer.
    pub fn question(&self) -> String {
        match self {
            Self::Unsigned(bank) => format!(
                "What came for {bank} is not signed with your Teller signing key. Either the key \
                 in your settings is an old one, or the answer is not Teller's. Keep it all the \
                 same?"
            ),
            Self::NotAsked(why) => format!(
                "The bank has let you in, but its accounts could not be read: {why}. Nothing is \
                 kept yet. Ask again?"
            ),
            Self::SameAccount { listed, known, compared, same } => {
                let rows = match compared {
                    0 => "no rows of the same days tell".to_owned(),
                    _ => format!("of {compared} rows compared {same} are the same"),
                };
                format!(
                    "The bank lists {listed} under a new number. Is it {known}, which you have \
                     ({rows})? Yes joins them at the next sync, and can be undone; no leaves it \
                     apart, as a possible duplicate."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_browser_it_says_how_another_computers_reaches_the_page() {
        let address = "http://127.0.0.1:4077/secret".to_owned();
        let place = |browser| Place { address: address.clone(), port: 4077, browser };
        // Another port at the near end would give the page another host, and be refused.
        let advice = place(Browser::NoDisplay).advice();
        assert!(advice.contains("ssh -L 4077:127.0.0.1:4077 this-computer"), "{advice}");
        assert!(!place(Browser::Opened).advice().contains("ssh"));
    }
}
