-- Categories that go by another name: what was renamed, joined, or a bank's word for one of the
-- user's. Rows keep the name that they were given; shown_category derives from it through here.
create table pb_category_names (
    name text not null primary key,
    becomes text not null,
    edited_at timestamptz not null
);

-- A rule that is kept and says nothing for now.
alter table pb_rules add column paused boolean not null default false;
