//! Enrollments made and ended here: their sealed tokens, the user's names for them, and what a
//! repair is to join.

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::accounts::{AccountRow, account_columns, from_accounts};
use super::engine::{with_db, with_tx};
use super::listing::{EnrollmentWrite, digest, write_listing};
use super::repairs::{Join, Moves};
use super::retiring::{END, retire};
use crate::domain::{Account, AccountId, EnrollmentId, Institution, Sealed};
use crate::secret::Secret;

/// An enrollment whose token was found good, with what that token lists.
pub struct NewLink<'a> {
    /// Whose it is, the token for its digest alone, and the accounts.
    pub listing: EnrollmentWrite<'a>,
    pub user_id: Option<&'a str>,
    /// The token, to be kept.
    pub sealed: &'a Sealed,
    /// Accounts under a new id, and which old one each is; `None`: a new account.
    pub answers: &'a [(AccountId, Option<AccountId>)],
    /// An enrollment whose place this one takes: its token is worth nothing any more.
    pub retires: Option<&'a EnrollmentId>,
}

/// A token as it is kept, and the row that it is for.
#[derive(Clone, Debug)]
pub struct SealedToken {
    pub id: EnrollmentId,
    pub institution: Institution,
    pub environment: String,
    pub sealed: Sealed,
    /// Of the token itself, to know it where it is given in another way too.
    pub token_digest: Option<String>,
}

/// An account, and whether it is another one now.
#[derive(Clone, Debug)]
pub struct StoredAccount {
    pub account: Account,
    pub joined: bool,
}

#[derive(sqlx::FromRow)]
struct JoinedRow {
    #[sqlx(flatten)]
    row: AccountRow,
    joined: bool,
}

const ACCOUNTS: &str = concat!(
    "select ",
    account_columns!(),
    ", a.merged_into is not null as joined",
    from_accounts!()
);

#[derive(sqlx::FromRow)]
struct SealedRow {
    id: EnrollmentId,
    institution_id: String,
    institution_name: String,
    environment: String,
    sealed_token: String,
    key_digest: String,
    token_digest: Option<String>,
}

impl From<SealedRow> for SealedToken {
    fn from(row: SealedRow) -> Self {
        Self {
            id: row.id,
            institution: Institution { id: row.institution_id, name: row.institution_name },
            environment: row.environment,
            sealed: Sealed { text: row.sealed_token, key_digest: row.key_digest },
            token_digest: row.token_digest,
        }
    }
}

impl SealedToken {
    pub fn is_of(&self, token: &Secret) -> bool {
        self.token_digest.as_deref() == Some(&digest(token))
    }
}

impl Store {
    /// Keeps a new enrollment, or the new token of one that is known, in one transaction. What it was
    /// called and what it has brought stay.
    pub async fn link(&self, link: &NewLink<'_>) -> Result<Vec<Account>> {
        let digest = digest(link.listing.token);
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            let accounts = write_listing!(tx, &link.listing, digest, now);
            sqlx::query(LINK)
                .bind(link.listing.id)
                .bind(&link.sealed.text)
                .bind(&link.sealed.key_digest)
                .bind(link.user_id)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            let mut moves = Moves::default();
            for (new, old) in link.answers {
                sqlx::query(ANSWER).bind(new).bind(old).execute(&mut *tx).await?;
                if let Some(old) = old {
                    moves.joins.push(Join::asked(old, new));
                }
            }
            if let Some(old) = link.retires {
                moves.retired = retire!(tx, old, now);
            }
            if !moves.is_nothing() {
                let moves = serde_json::to_string(&moves).wrap_err("writing a repair")?;
                sqlx::query(REPAIR)
                    .bind(uuid::Uuid::now_v7().to_string())
                    .bind(link.listing.id)
                    .bind(now)
                    .bind(moves)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(accounts)
        })
        .wrap_err("keeping an enrollment")
    }

    /// Every account, those that were joined with another too, in no order.
    pub async fn load_accounts_and_joined(&self) -> Result<Vec<StoredAccount>> {
        let rows: Vec<JoinedRow> =
            with_db!(self, |db| sqlx::query_as(ACCOUNTS).fetch_all(db).await)
                .wrap_err("loading accounts to compare")?;
        let stored = |row: JoinedRow| StoredAccount { account: row.row.into(), joined: row.joined };
        Ok(rows.into_iter().map(stored).collect())
    }

    /// Day, minor units and text of settled rows of these days.
    pub async fn load_settled(
        &self,
        account: &AccountId,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64, String)>> {
        const SQL: &str = "
            select date, amount, description from pb_transactions
            where account_id = $1 and life = 'live' and status = 'posted'
                and date >= $2 and date <= $3";
        with_db!(self, |db| {
            sqlx::query_as(SQL).bind(account).bind(first).bind(last).fetch_all(db).await
        })
        .wrap_err("loading rows to compare")
    }

    /// Those of enrollments that the user has not ended, in the order in which they became known.
    pub async fn load_sealed_tokens(&self) -> Result<Vec<SealedToken>> {
        let rows: Vec<SealedRow> = with_db!(self, |db| sqlx::query_as(SEALED).fetch_all(db).await)
            .wrap_err("loading the sealed tokens")?;
        Ok(rows.into_iter().map(SealedToken::from).collect())
    }

    /// Seals anew whatever `seal` has an answer for, all or nothing. Returns how many.
    pub async fn reseal(&self, seal: impl Fn(&SealedToken) -> Option<Sealed>) -> Result<usize> {
        with_tx!(self, |tx| {
            let rows: Vec<SealedRow> = sqlx::query_as(SEALED).fetch_all(&mut *tx).await?;
            let mut count = 0;
            for token in rows.into_iter().map(SealedToken::from) {
                let Some(sealed) = seal(&token) else { continue };
                let update = sqlx::query(RESEAL).bind(&token.id).bind(&sealed.text);
                update.bind(&sealed.key_digest).execute(&mut *tx).await?;
                count += 1;
            }
            Ok(count)
        })
        .wrap_err("sealing the tokens anew")
    }

    /// The user ended it: its token is wiped, its history stays. False where it had ended before.
    pub async fn end_enrollment(&self, id: &EnrollmentId) -> Result<bool> {
        with_tx!(self, |tx| {
            let now: DateTime<Utc> = tx.now().await?;
            let ended = sqlx::query(END).bind(id).bind(now).execute(&mut *tx).await?;
            Ok(ended.rows_affected() > 0)
        })
        .wrap_err("ending an enrollment")
    }
}

/// A new token clears whatever was wrong with the old one.
const LINK: &str = "
    update pb_enrollments set sealed_token = $2, key_digest = $3,
        user_id = coalesce($4, user_id), linked_at = $5, removed_at = null,
        state = 'healthy', reason = null, not_before = null
    where id = $1";

/// Not of one that was joined already.
const ANSWER: &str =
    "update pb_accounts set duplicate_of = $2 where id = $1 and merged_into is null";

const REPAIR: &str = "
    insert into pb_repairs (id, enrollment_id, made_at, moves) values ($1, $2, $3, $4)";

const SEALED: &str = "
    select id, institution_id, institution_name, environment, sealed_token, key_digest,
        token_digest
    from pb_enrollments
    where sealed_token is not null and key_digest is not null and removed_at is null
    order by first_seen_at, id";

const RESEAL: &str = "
    update pb_enrollments set sealed_token = $2, key_digest = $3 where id = $1";
