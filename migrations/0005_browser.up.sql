-- What makes rows findable and one's own: search text, own words and their history, categories,
-- rules, searches, accounts kept by hand, transfers.

-- Derived: made of the bank's facts and the user's words by the program, in the transaction that
-- changes either. Null words: not derived yet.
alter table pb_transactions add column words text;
alter table pb_transactions add column shown_category text;
alter table pb_transactions add column merchant text not null default '';
alter table pb_transactions add column tags text;
alter table pb_transactions add column left_out boolean not null default false;
-- One half of a transfer between own accounts: its twin is in pb_transfers.
alter table pb_transactions add column transfer boolean not null default false;

-- Holds all that a search or a sum over many rows reads: the rows themselves are five times as wide.
drop index pb_transactions_by_date;
create index pb_transactions_by_date on pb_transactions (date, account_id, seq, id, amount,
    currency, status, shown_category, merchant, tags, left_out, transfer, words)
    where life = 'live';

-- What came since an instant: new rows are looked for by it, and by whatever is derived from them.
create index pb_transactions_by_first_seen on pb_transactions (first_seen_at);

-- The user's own words ------------------------------------------------------------------------

alter table pb_annotations add column left_out boolean not null default false;

-- A tag that a rule gives, taken off this row by hand.
alter table pb_tags add column removed boolean not null default false;

-- Every edit with what it changed, so that it can be undone. Ids rise with time.
create table pb_edits (
    id text not null primary key,
    made_at timestamptz not null,
    sentence text not null,
    -- JSON: what was changed, from what to what.
    changes text not null,
    undone boolean not null
);

-- Where the user's tree of categories differs from the built-in one.
create table pb_categories (
    name text not null primary key,
    -- Null: at the top.
    parent text,
    edited_at timestamptz not null
);

-- What rows that a query finds are called. The first rule with a word for it wins.
create table pb_rules (
    id text not null primary key,
    position bigint not null,
    query text not null,
    category text,
    name text,
    tag text,
    edited_at timestamptz not null
);

-- Searches that were made; those with a slot are kept under a key and may have a name.
create table pb_searches (
    query text not null primary key,
    name text,
    slot bigint,
    used_at timestamptz not null
);

create table pb_account_words (
    account_id text not null primary key,
    name text,
    -- Place among all accounts, where the user chose one.
    position bigint,
    hidden boolean not null,
    edited_at timestamptz not null
);

-- Accounts that no bank tells about.
create table pb_hand_accounts (
    id text not null primary key,
    name text not null,
    -- asset or owed.
    kind text not null,
    currency text not null,
    position bigint not null,
    closed boolean not null,
    made_at timestamptz not null
);

-- What such an account was worth on a day: owed is negative.
create table pb_hand_values (
    account_id text not null references pb_hand_accounts (id),
    day date not null,
    amount bigint not null,
    edited_at timestamptz not null,
    primary key (account_id, day)
);

-- Two rows that are one movement between own accounts: from the first to the second.
create table pb_transfers (
    account_id text not null,
    transaction_id text not null,
    twin_account_id text not null,
    twin_id text not null,
    -- found, or hand where the user said so.
    made_by text not null,
    -- The user said that they are none.
    parted boolean not null,
    -- Why they were taken for one.
    reason text,
    made_at timestamptz not null,
    primary key (account_id, transaction_id, twin_account_id, twin_id)
);

create index pb_transfers_by_twin on pb_transfers (twin_account_id, twin_id);

-- Findings that the user has no interest in.
create table pb_dismissals (
    kind text not null,
    subject text not null,
    dismissed_at timestamptz not null,
    primary key (kind, subject)
);
