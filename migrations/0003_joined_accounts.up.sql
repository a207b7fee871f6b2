-- Two accounts that the user said are one. Rows that the new id has too stay with the old one, of
-- life 'merged' and in no list; those that it lacks stand under the new id.

-- The account that this one is now: out of every list and not synced.
alter table pb_accounts add column merged_into text;

-- The account that this row was listed under. The bank may not list it under the new id, so no
-- walk misses it.
alter table pb_transactions add column merged_from text;
