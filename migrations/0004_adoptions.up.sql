-- What was taken over from another program's database, so that new rows there are noticed and what
-- came from it can be given up again.

create table pb_adoptions (
    id text not null primary key,
    -- A file's path, or a database URL without its password.
    source text not null,
    -- file, here (the other program's tables stand in this very database) or server.
    reached text not null,
    -- What was found there, such as S1.
    state text not null,
    -- The other program's own schema version, if it noted one.
    revision text,
    -- The zone in which its times without a zone were read.
    zone text not null,
    -- Whether rows left behind by its test scripts were taken too.
    test_rows boolean not null,
    -- JSON: how many rows of which kind were taken.
    counts text not null,
    -- JSON: how much stood there, to notice that more has come.
    seen text not null,
    made_by text not null,
    adopted_at timestamptz not null
);

-- Each row that an adoption brought: of kind enrollment, account, balance (id is the instant) or
-- transaction.
create table pb_adopted (
    adoption_id text not null references pb_adoptions (id),
    kind text not null,
    account_id text not null,
    id text not null,
    primary key (adoption_id, kind, account_id, id)
);
