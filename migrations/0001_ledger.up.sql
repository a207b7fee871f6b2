-- Money is bigint minor units with its currency beside it; negative leaves you or is owed.
-- Unknown is null, never 0. Instants are UTC, whole seconds. Text for both engines.

create table pb_settings (
    name text not null primary key,
    value text not null
);

-- Bank facts ---------------------------------------------------------------------------------

create table pb_enrollments (
    id text not null primary key,
    institution_id text not null,
    institution_name text not null,
    environment text not null,
    -- SHA-256 of the access token, to know it again; the token itself is not here.
    token_digest text,
    state text not null,
    reason text,
    last_success_at timestamptz,
    -- The bank asked not to be called before this instant.
    not_before timestamptz,
    first_seen_at timestamptz not null
);

create table pb_accounts (
    id text not null primary key,
    enrollment_id text not null references pb_enrollments (id),
    institution_id text not null,
    institution_name text not null,
    name text not null,
    type text not null,
    subtype text,
    currency text not null,
    last_four text,
    status text not null,
    has_balances boolean not null,
    has_transactions boolean not null,
    -- Place in the bank's own list.
    position bigint not null,
    -- The account this one may be again under a new id; out of totals until answered.
    duplicate_of text,
    first_seen_at timestamptz not null
);

create table pb_balance_snapshots (
    account_id text not null references pb_accounts (id),
    observed_at timestamptz not null,
    ledger bigint,
    available bigint,
    currency text not null,
    primary key (account_id, observed_at)
);

create table pb_transactions (
    account_id text not null references pb_accounts (id),
    id text not null,
    date date not null,
    -- Place within the bank's order of that day, oldest lowest.
    seq bigint not null,
    amount bigint not null,
    currency text not null,
    description text not null,
    status text not null,
    type text not null,
    running_balance bigint,
    category text,
    counterparty text,
    counterparty_type text,
    processing_status text,
    -- live, gone (the bank withdrew it), replaced (listed again under replaced_by).
    life text not null,
    replaced_by text,
    -- Status when first seen.
    born text not null,
    first_seen_at timestamptz not null,
    -- The run that first saw it.
    first_run text not null,
    gone_at timestamptz,
    gone_run text,
    recheck bigint not null,
    strikes bigint not null,
    fence bigint not null,
    -- First eight bytes of the SHA-256 of the bank's reply for this row.
    digest bigint not null,
    primary key (account_id, id)
);

create index pb_transactions_by_date on pb_transactions (date, account_id, seq, id)
    where life = 'live';
create index pb_transactions_by_account on pb_transactions (account_id, date, seq, id)
    where life = 'live';
create index pb_transactions_pending on pb_transactions (account_id, date)
    where life = 'live' and status = 'pending';
create index pb_transactions_withdrawn on pb_transactions (account_id, date)
    where life <> 'live';
create index pb_transactions_by_counterparty on pb_transactions (counterparty, date, account_id, seq, id)
    where life = 'live' and counterparty is not null;

-- The bank's replies, byte for byte: of kind account, balance (id is the instant) or transaction.
create table pb_raw_replies (
    account_id text not null,
    kind text not null,
    id text not null,
    body text not null,
    received_at timestamptz not null,
    primary key (account_id, kind, id)
);

-- What the bank changed on a row, and when. Ids rise with time.
create table pb_transaction_changes (
    id text not null primary key,
    account_id text not null,
    transaction_id text not null,
    changed_at timestamptz not null,
    run_id text not null,
    field text not null,
    old_value text,
    new_value text
);

create index pb_transaction_changes_by_row on pb_transaction_changes (account_id, transaction_id, id);

-- Rows that could not be read, kept until they can.
create table pb_quarantine (
    account_id text not null,
    digest text not null,
    transaction_id text,
    reason text not null,
    body text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    primary key (account_id, digest)
);

-- One sum a day, kept by the sync: live rows only. `posted` leaves pending rows out.
create table pb_days (
    account_id text not null references pb_accounts (id),
    day date not null,
    currency text not null,
    entries bigint not null,
    posted bigint not null,
    money_in bigint not null,
    money_out bigint not null,
    primary key (account_id, day, currency)
);

create index pb_days_by_day on pb_days (day);

-- The user's own words: never written by a sync but to follow a row to its new id --------------

create table pb_annotations (
    account_id text not null,
    transaction_id text not null,
    note text,
    category text,
    name text,
    edited_at timestamptz not null,
    primary key (account_id, transaction_id)
);

create table pb_tags (
    account_id text not null,
    transaction_id text not null,
    tag text not null,
    edited_at timestamptz not null,
    primary key (account_id, transaction_id, tag)
);

-- Which posted row a vanished pending one became.
create table pb_links (
    account_id text not null,
    pending_id text not null,
    posted_id text not null,
    -- 0 best to 3; null when made by hand.
    tier bigint,
    -- sync or hand; a link made or parted by hand is never touched by a sync.
    made_by text not null,
    parted boolean not null,
    made_at timestamptz not null,
    -- JSON: what was carried to the posted row.
    carried text,
    primary key (account_id, pending_id, posted_id)
);

-- How far the sync is --------------------------------------------------------------------------

create table pb_sync_state (
    account_id text not null primary key references pb_accounts (id),
    -- Newest posted date of the last judged walk.
    head date,
    -- Back-fill goes on below this row.
    cursor_id text,
    cursor_date date,
    -- The whole history is stored.
    done boolean not null,
    -- Since when the bank's list looks wrong, and what it said then.
    suspect_since timestamptz,
    suspect_digest text,
    -- Only pendings were known and the bank listed none: believed the second time.
    empty_seen boolean not null,
    -- The next walk must read everything.
    audit_due boolean not null,
    -- Ledger less all posted rows, as of the last audit: what stood before the first row.
    opening bigint,
    judged_at timestamptz,
    full_at timestamptz
);

create table pb_leases (
    scope text not null primary key,
    holder text not null,
    fence bigint not null,
    expires_at timestamptz not null
);

create table pb_sync_runs (
    id text not null primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    started_by text not null,
    full_walk boolean not null,
    outcome text not null,
    reason text
);

create table pb_sync_results (
    run_id text not null references pb_sync_runs (id),
    account_id text not null,
    enrollment_id text not null,
    institution_name text not null,
    account_name text not null,
    outcome text not null,
    new_rows bigint not null,
    settled_rows bigint not null,
    changed_rows bigint not null,
    gone_rows bigint not null,
    paired_rows bigint not null,
    quarantined_rows bigint not null,
    pages bigint not null,
    reached date,
    reason text,
    code text,
    ledger bigint,
    currency text,
    primary key (run_id, account_id)
);
