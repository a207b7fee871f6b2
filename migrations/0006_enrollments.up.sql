-- Links to banks: access tokens sealed with a key that is kept elsewhere, the user's names for
-- the links, repairs, and what the bank announced by webhook.

-- Text that only the key with this digest opens; null: no token is kept here.
alter table pb_enrollments add column sealed_token text;
alter table pb_enrollments add column key_digest text;
-- The bank's user that the link belongs to; null before it was linked here.
alter table pb_enrollments add column user_id text;
alter table pb_enrollments add column linked_at timestamptz;
-- The user ended the link; its history stays.
alter table pb_enrollments add column removed_at timestamptz;

-- The user's own name for a link.
create table pb_enrollment_words (
    enrollment_id text not null primary key references pb_enrollments (id),
    name text not null,
    edited_at timestamptz not null
);

-- A repair that gave accounts new ids, and what it moved, so that it can be undone.
create table pb_repairs (
    id text not null primary key,
    enrollment_id text not null references pb_enrollments (id),
    made_at timestamptz not null,
    undone_at timestamptz,
    -- JSON: which accounts became which.
    moves text not null
);

-- Announcements by the bank, each once.
create table pb_webhooks (
    id text not null primary key,
    type text not null,
    enrollment_id text,
    -- Of the event; null where the bank gave none that can be read.
    happened_at timestamptz,
    received_at timestamptz not null,
    -- When its work was done; null: still to do.
    handled_at timestamptz,
    -- What became of it, in words.
    outcome text
);
create index pb_webhooks_to_do on pb_webhooks (received_at) where handled_at is null;
