//! Searches that were made, and those kept under a key.

/// One search as it was typed, so that `30d` stays the last thirty days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    pub query: String,
    pub name: Option<String>,
    /// The digit of its key, 1 to 9; `None`: only remembered.
    pub slot: Option<i64>,
}

impl Search {
    pub fn made(query: &str) -> Self {
        Self { query: query.to_owned(), ..Self::default() }
    }

    /// Its name, else the query itself.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.query)
    }
}
