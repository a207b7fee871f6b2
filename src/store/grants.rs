//! What a Postgres role must be granted, for each use of the database.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::engine::Engine;
use super::migrate::TABLE;
use super::{Store, model};

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// passbook itself, its migrations included.
    Migrate,
    /// passbook, at a version that another role brought the tables to.
    Run,
    /// Looking only, as with `--read-only`.
    Read,
}

/// One statement, complete but for its semicolon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub purpose: Purpose,
    pub statement: String,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Migrate, Self::Run, Self::Read];

    /// A word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Migrate => "migrate",
            Self::Run => "run",
            Self::Read => "read",
        }
    }
}

#[derive(sqlx::FromRow)]
struct Here {
    database: String,
    schema: String,
    /// Before Postgres 15 everybody may create tables in the schema `public`.
    open_to_all: bool,
}

const HERE: &str = "select cast(quote_ident(current_database()) as text) as database, \
     cast(quote_ident(coalesce(current_schema(), 'public')) as text) as schema, \
     exists (select 1 from pg_namespace n, aclexplode(n.nspacl) a \
         where n.nspname = coalesce(current_schema(), 'public') and a.grantee = 0 \
             and a.privilege_type = 'CREATE') as open_to_all";
/// What `$1` does not own and would have to, to change it.
const FOREIGN: &str = "select cast(c.relname as text) \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where n.nspname = current_schema() and c.relkind in ('r', 'p') and c.relname = any($1) \
         and pg_get_userbyid(c.relowner) <> $2 order by c.relname";
const QUOTE: &str = "select cast(quote_ident($1) as text)";

impl Store {
    /// The statements for a role of that name; `None` on SQLite, which knows no roles.
    pub async fn load_grants(&self, role: &str) -> Result<Option<Vec<Grant>>> {
        let Engine::Postgres(engine) = self.engine() else { return Ok(None) };
        let model = model::after(|_| true).await.wrap_err("making a model of the tables")?;
        let mut tables: Vec<String> = model.tables.into_keys().collect();
        let ours = tables.clone();
        tables.push(TABLE.to_owned());
        let asked = super::engine::run_unit!(sqlx::Result<_>, engine.read(), |db| {
            let here: Here = sqlx::query_as(HERE).fetch_one(&mut *db).await?;
            let foreign: Vec<String> =
                sqlx::query_scalar(FOREIGN).bind(&tables).bind(role).fetch_all(&mut *db).await?;
            let role: String = sqlx::query_scalar(QUOTE).bind(role).fetch_one(db).await?;
            Ok((here, foreign, role))
        });
        let (here, foreign, role) = asked.wrap_err("asking the server for its names")?;
        Ok(Some(compose(&here, &role, &ours, &foreign)))
    }
}

fn compose(here: &Here, role: &str, tables: &[String], foreign: &[String]) -> Vec<Grant> {
    let Here { database, schema, open_to_all } = here;
    let mut grants = Vec::new();
    for purpose in Purpose::ALL {
        let mut add = |statement| grants.push(Grant { purpose, statement });
        add(format!("grant connect on database {database} to {role}"));
        match purpose {
            Purpose::Migrate => {
                add(format!("grant usage, create on schema {schema} to {role}"));
                for table in foreign {
                    add(format!("alter table {schema}.{table} owner to {role}"));
                }
            }
            Purpose::Run => {
                add(format!("grant usage on schema {schema} to {role}"));
                if *open_to_all {
                    add(format!("revoke create on schema {schema} from public"));
                }
                for table in tables {
                    let rights = "select, insert, update, delete";
                    add(format!("grant {rights} on {schema}.{table} to {role}"));
                }
                add(format!("grant select on {schema}.{TABLE} to {role}"));
            }
            Purpose::Read => {
                add(format!("grant usage on schema {schema} to {role}"));
                for table in tables {
                    add(format!("grant select on {schema}.{table} to {role}"));
                }
                add(format!("grant select on {schema}.{TABLE} to {role}"));
            }
        }
    }
    grants
}
