//! A secret under lock and key, as the database keeps it.

/// Text that only the key with this digest opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub text: String,
    pub key_digest: String,
}
