//! One reading of the bank's list from the newest row down, page by page.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};

use super::order::DayOrder;
use super::pass::{Pass, Stop};
use crate::domain::{Goal, Money, Stage, Status, SyncStep, Transaction, TransactionId};
use crate::mutant::{self, Mutant};
use crate::teller::{self, Charge, Page, PageQuery};

/// Rows asked for at a time. Teller documents no maximum; 500 is what its clients use.
pub const PAGE_ROWS: u32 = 500;
/// Readings of a list that keeps changing, or loses its cursor, before nothing is judged.
const ATTEMPTS: usize = 4;
/// How far a walk reads below the newest posted row it knew, in days.
pub const OVERLAP: u64 = 14;

#[derive(Clone, Debug)]
pub struct Listed {
    pub id: TransactionId,
    pub date: NaiveDate,
    pub posted: bool,
}

/// The rows of a whole and stable reading, newest first, each id once.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Readable rows.
    pub listed: Vec<Listed>,
    /// Every id the bank listed, unreadable rows included.
    ids: HashSet<TransactionId>,
    /// Rows whose ids could not be read, each once.
    pub nameless: Vec<Charge>,
    bodies: HashSet<String>,
    /// The list was read to its end.
    pub to_end: bool,
    /// The end was proven: past it the bank still knew the last row.
    pub proven: bool,
    /// The first day of which every row was listed; `None` when the list was read to its end.
    pub since: Option<NaiveDate>,
    /// Where older rows go on.
    pub oldest_posted: Option<(TransactionId, NaiveDate)>,
}

impl Walk {
    /// A finished reading, for judgements about made-up lists.
    #[cfg(test)]
    pub fn of(listed: Vec<Listed>, to_end: bool) -> Self {
        let ids = listed.iter().map(|row| row.id.clone()).collect();
        let oldest_posted = listed.iter().rev().find(|row| row.posted);
        let oldest_posted = oldest_posted.map(|row| (row.id.clone(), row.date));
        Self { listed, ids, to_end, proven: to_end, oldest_posted, ..Self::default() }
    }

    pub fn lists(&self, id: &TransactionId) -> bool {
        self.ids.contains(id)
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Dates after `limit` are taken for mistakes of the bank's and skipped.
    pub fn newest_posted(&self, limit: NaiveDate) -> Option<NaiveDate> {
        let posted = self.listed.iter().filter(|row| row.posted && row.date <= limit);
        posted.map(|row| row.date).max()
    }

    fn add(&mut self, page: &Page) {
        for Transaction { id, date, status, .. } in page.rows.iter().map(|row| &row.transaction) {
            if self.ids.insert(id.clone()) {
                let posted = *status == Status::Posted;
                self.listed.push(Listed { id: id.clone(), date: *date, posted });
                if posted {
                    self.oldest_posted = Some((id.clone(), *date));
                }
            }
        }
        self.ids.extend(page.rejected.iter().filter_map(|row| row.id.clone()));
        for row in page.rejected.iter().filter(|row| row.id.is_none()) {
            // The next page starts below the last row with an id: it may list this one again.
            if self.bodies.insert(row.raw.clone()) {
                self.nameless.extend(row.charge.clone());
            }
        }
    }
}

/// What a walk came to.
pub enum Reading {
    Whole(Walk),
    /// What was listed is kept, but nothing may be concluded from what was not.
    Partial {
        reason: String,
        /// Where older rows go on, if the list went on at all.
        oldest_posted: Option<(TransactionId, NaiveDate)>,
    },
}

enum Attempt {
    Whole,
    /// No second reading would tell more.
    Partial(&'static str),
    /// The list moved under the reader.
    Again(&'static str),
}

const REPEATS: &str = "the bank repeats itself instead of going on; what it listed is kept";
const UNREADABLE: &str = "the bank listed rows that cannot be read; the others are kept";

/// Reads the list down to its goal, again if it moves, keeping every page as it comes.
pub async fn walk(pass: &mut Pass<'_>, goal: &Goal) -> Result<Reading, Stop> {
    let mut why = "";
    for _ in 0..ATTEMPTS {
        let mut walk = Walk::default();
        let before = pass.result.pages;
        let attempted = attempt(pass, &mut walk, goal).await?;
        let unfinished = match &attempted {
            Attempt::Whole => None,
            Attempt::Partial(reason) | Attempt::Again(reason) => Some((*reason).to_owned()),
        };
        pass.steps.push(SyncStep::Read {
            pages: usize::try_from(pass.result.pages - before).unwrap_or_default(),
            rows: walk.ids.len(),
            oldest: walk.listed.iter().map(|row| row.date).min(),
            to_end: walk.proven,
            unfinished,
        });
        match attempted {
            Attempt::Whole => return Ok(Reading::Whole(walk)),
            Attempt::Partial(reason) => {
                // Where a bank repeats itself, nothing is known of how its list goes on.
                let oldest_posted = walk.oldest_posted.filter(|_| reason == UNREADABLE);
                return Ok(Reading::Partial { reason: reason.to_owned(), oldest_posted });
            }
            Attempt::Again(reason) => why = reason,
        }
    }
    let reason = format!("{why}, {ATTEMPTS} times in a row; what it listed is kept");
    Ok(Reading::Partial { reason, oldest_posted: None })
}

async fn attempt(pass: &mut Pass<'_>, walk: &mut Walk, goal: &Goal) -> Result<Attempt, Stop> {
    let mut order = DayOrder::default();
    let mut cursors: HashSet<TransactionId> = HashSet::new();
    let mut cursor: Option<(TransactionId, NaiveDate)> = None;
    let mut unread: Option<TransactionId> = None;
    let mut first_page = None;
    let mut lowest = match goal {
        Goal::Window { until } => Some(*until),
        Goal::Full { .. } | Goal::First => None,
    };
    let mut unknown = false;
    let mut pages = 0;
    loop {
        pages += 1;
        pass.tell(Stage::Page(pages));
        let from_id = unread.clone().or_else(|| cursor.as_ref().map(|(id, _)| id.clone()));
        let query = PageQuery { count: Some(PAGE_ROWS), from_id, ..PageQuery::default() };
        let page = match pass.page(&query).await {
            Err(Stop::Teller(error)) if cursor.is_some() && lost_cursor(&error) => {
                return Ok(Attempt::Again("the bank no longer knew the row to go on from"));
            }
            other => other?,
        };
        if page.length == 0 {
            match &cursor {
                Some(cursor) if !proves_end(pass, cursor, unread.as_ref()).await? => {
                    return Ok(Attempt::Again("the bank's list ended at a row it no longer had"));
                }
                Some(_) => walk.proven = true,
                None => {}
            }
            walk.to_end = true;
            break;
        }
        if query.from_id.is_some_and(|id| holds(&page, &id)) {
            return Ok(Attempt::Partial(REPEATS));
        }
        walk.add(&page);
        unknown |= page.rejected.iter().any(|row| row.id.is_none() && row.charge.is_none());
        pass.keep(&page, &mut order, None).await?;
        first_page.get_or_insert_with(|| fingerprint(&page));

        if mutant::is(Mutant::ShortPageIsEnd) && page.length < PAGE_ROWS as usize {
            (walk.to_end, walk.proven) = (true, true);
            break;
        }
        if *goal == Goal::First && lowest.is_none() {
            lowest =
                walk.newest_posted(pass.today() + Days::new(7)).map(|day| day - Days::new(OVERLAP));
        }
        let last = last_posted(&page);
        if let (Some(lowest), Some((_, date))) = (lowest, &last)
            && *date < lowest
        {
            // The page's last day may go on, but every row above it was listed.
            walk.since = Some(lowest.min(*date + Days::new(1)));
            break;
        }
        let next = if let Some(next) = last.or_else(|| last_readable(&page)) {
            unread = None;
            cursor.insert(next).0.clone()
        } else if let Some(id) = last_unreadable(&page).filter(|_| cursor.is_some()) {
            unread.insert(id).clone()
        } else if cursor.is_some() && !unknown {
            // Rows without an id, and nothing to go on from: what may stand below them is older than
            // all that was listed, and has aged out of this list.
            walk.to_end = true;
            break;
        } else {
            return Ok(Attempt::Partial(UNREADABLE));
        };
        if !cursors.insert(next) {
            return Ok(Attempt::Partial(REPEATS));
        }
    }
    if pages > 1 {
        let again =
            pass.page(&PageQuery { count: Some(PAGE_ROWS), ..PageQuery::default() }).await?;
        if first_page.is_some_and(|first| first != fingerprint(&again)) {
            return Ok(Attempt::Again("the bank's list changed while it was read"));
        }
    }
    if unknown {
        return Ok(Attempt::Partial(UNREADABLE));
    }
    Ok(Attempt::Whole)
}

/// Whether an empty page past this row is the end of the list: without the row's own day, it may
/// only mean that the row was withdrawn; asked for once, it may be a slip of the bank's. A list may
/// end with rows that cannot be read, the last of which is `unread`: nobody knows their day.
pub async fn proves_end(
    pass: &mut Pass<'_>,
    cursor: &(TransactionId, NaiveDate),
    unread: Option<&TransactionId>,
) -> Result<bool, Stop> {
    if !still_listed(pass, cursor).await? {
        return Ok(false);
    }
    if let Some(last) = unread
        && !still_below(pass, &cursor.0, last).await?
    {
        return Ok(false);
    }
    let from_id = Some(unread.unwrap_or(&cursor.0).clone());
    match pass.page(&PageQuery { count: Some(PAGE_ROWS), from_id, ..PageQuery::default() }).await {
        Err(Stop::Teller(error)) if lost_cursor(&error) => Ok(false),
        page => Ok(page?.length == 0),
    }
}

/// Whether the bank lists a row when it is asked for its day: a busy one takes several pages.
async fn still_listed(
    pass: &mut Pass<'_>,
    (id, date): &(TransactionId, NaiveDate),
) -> Result<bool, Stop> {
    let mut day = PageQuery {
        count: Some(PAGE_ROWS),
        start_date: Some(*date),
        end_date: Some(*date),
        ..PageQuery::default()
    };
    let mut used = HashSet::new();
    loop {
        let page = match pass.page(&day).await {
            Err(Stop::Teller(error)) if day.from_id.is_some() && lost_cursor(&error) => {
                return Ok(false);
            }
            other => other?,
        };
        if holds(&page, id) {
            return Ok(true);
        }
        let Some((next, _)) = last_posted(&page).or_else(|| last_readable(&page)) else {
            return Ok(false);
        };
        if !used.insert(next.clone()) {
            return Ok(false);
        }
        day.from_id = Some(next);
    }
}

/// Whether the bank lists, below a row that can be read, others that cannot, down to `last`.
async fn still_below(
    pass: &mut Pass<'_>,
    cursor: &TransactionId,
    last: &TransactionId,
) -> Result<bool, Stop> {
    let mut from_id = cursor.clone();
    let mut used = HashSet::new();
    while used.insert(from_id.clone()) {
        let from = Some(from_id.clone());
        let query = PageQuery { count: Some(PAGE_ROWS), from_id: from, ..PageQuery::default() };
        let page = match pass.page(&query).await {
            Err(Stop::Teller(error)) if lost_cursor(&error) => return Ok(false),
            other => other?,
        };
        if holds(&page, last) {
            return Ok(true);
        }
        match last_unreadable(&page).filter(|_| page.rows.is_empty()) {
            Some(id) => from_id = id,
            None => return Ok(false),
        }
    }
    Ok(false)
}

/// A 400, 404 or 422 to a page with a cursor: the cursor is not known any more.
pub fn lost_cursor(error: &teller::Error) -> bool {
    match error {
        teller::Error::NotFound { .. } => true,
        teller::Error::Rejected { status, .. } => matches!(status, 400 | 422),
        _ => false,
    }
}

/// The last posted row of a page: a stable cursor, where the list goes on.
pub fn last_posted(page: &Page) -> Option<(TransactionId, NaiveDate)> {
    let posted = page.rows.iter().rev().map(|row| &row.transaction);
    posted.filter(|row| row.status == Status::Posted).map(|row| (row.id.clone(), row.date)).next()
}

/// For a page without a posted row.
pub fn last_readable(page: &Page) -> Option<(TransactionId, NaiveDate)> {
    page.rows.last().map(|row| (row.transaction.id.clone(), row.transaction.date))
}

/// For a page without a row that can be read.
pub fn last_unreadable(page: &Page) -> Option<TransactionId> {
    page.rejected.iter().rev().find_map(|row| row.id.clone())
}

fn holds(page: &Page, id: &TransactionId) -> bool {
    page.rows.iter().any(|row| row.transaction.id == *id)
        || page.rejected.iter().any(|row| row.id.as_ref() == Some(id))
}

/// What must not change on page one between the start and the end of a walk.
fn fingerprint(page: &Page) -> Vec<(TransactionId, Status, Money, NaiveDate)> {
    let rows = page.rows.iter().map(|row| &row.transaction);
    rows.map(|row| (row.id.clone(), row.status.clone(), row.amount, row.date)).collect()
}
