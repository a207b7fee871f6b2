//! How a SQLite file is named: by SQLAlchemy's URLs, by plainer ones, or by its path alone.

use super::{Database, DatabaseUrlError, Surroundings};

/// Reads what follows `sqlite:`. Nothing is percent-decoded: SQLAlchemy takes the path as it stands.
pub(super) fn parse_url(
    rest: &str,
    surroundings: &Surroundings,
) -> Result<Database, DatabaseUrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // sqlite:///x is relative to SQLAlchemy and sqlite:////x absolute: the third slash only ends
    // an empty host.
    let path = match path.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => path,
    };
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match (key.as_ref(), value.as_ref()) {
            ("mode", "memory") => return Ok(Database::Memory),
            ("mode", "ro") | ("immutable", "1" | "true") => {
                return Err(DatabaseUrlError::ReadOnlyFile);
            }
            // Python's own connection arguments mean nothing here.
            _ => {}
        }
    }
    resolve(path, surroundings)
}

/// Reads a bare path, known by its ending.
pub(super) fn parse_path(
    text: &str,
    surroundings: &Surroundings,
) -> Result<Database, DatabaseUrlError> {
    let lower = text.to_ascii_lowercase();
    let is_file = [".db", ".sqlite", ".sqlite3"].iter().any(|ending| lower.ends_with(ending));
    if is_file || text == ":memory:" {
        resolve(text, surroundings)
    } else {
        Err(DatabaseUrlError::NotAUrl)
    }
}

fn resolve(path: &str, surroundings: &Surroundings) -> Result<Database, DatabaseUrlError> {
    match path {
        ":memory:" => Ok(Database::Memory),
        _ if path.starts_with("file:") => Err(DatabaseUrlError::FileUri),
        _ if path.is_empty() || path.ends_with('/') || path.contains('\0') => {
            Err(DatabaseUrlError::NoFile)
        }
        _ => Ok(Database::Sqlite { path: surroundings.absolute(path)? }),
    }
}
