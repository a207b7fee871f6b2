-- Twelve accounts at two banks, a balance of each of the last ninety days, and `scale.rows`
-- transactions over ten years, the newest first. What a day holds does not matter: only how much.

insert into pb_enrollments (id, institution_id, institution_name, environment, state, first_seen_at)
values ('enr_0', 'harbor', 'Harbor Credit Union', 'sandbox', 'healthy', '2016-11-22T09:00:00+00:00'),
    ('enr_1', 'northwind', 'Northwind Bank', 'sandbox', 'healthy', '2016-11-22T09:00:00+00:00');

with recursive n (i) as (select 0 union all select i + 1 from n where i < 11)
insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name, type, subtype,
    currency, last_four, status, has_balances, has_transactions, position, first_seen_at)
select printf('acc_%02d', i), e.id, e.institution_id, e.institution_name, 'Account ' || i,
    'depository', 'checking', 'USD', printf('%04d', i), 'open', true, true, i, e.first_seen_at
from n join pb_enrollments e on e.id = 'enr_' || (i / 6);

with recursive n (i) as (select 0 union all select i + 1 from n where i < 89)
insert into pb_balance_snapshots (account_id, observed_at, ledger, available, currency)
select id, date('2026-11-22', -i || ' days') || 'T09:00:00+00:00', 500000 + i * 7919 % 90000,
    500000, 'USD'
from pb_accounts, n;

with recursive n (i) as (select 0 union all select i + 1 from n, scale where i + 1 < scale.rows)
insert into pb_transactions (account_id, id, date, seq, amount, currency, description, status, type,
    running_balance, category, counterparty, counterparty_type, processing_status, life, born,
    first_seen_at, first_run, recheck, strikes, fence, digest, words, shown_category, merchant,
    merchant_key)
select printf('acc_%02d', i % 12),
    -- An odd factor reaches every number once, in no order.
    printf('txn_%021x', i * 2654435761 % 4294967296),
    date('2026-11-22', -(i / a_day) || ' days'),
    rows - i,
    case when i % 19 = 0 then 250000 else -100 - i * 7919 % 9000 end,
    'USD', printf('CARD PURCHASE %06d PORTLAND OR', i * 7919 % 1000000),
    case when i < 24 then 'pending' else 'posted' end,
    'card_payment', 500000, 'groceries', 'Counterparty ' || (i * 31 % 400), 'organization',
    'complete', 'live', 'pending', date('2026-11-22', -(i / a_day) || ' days') || 'T12:00:00+00:00',
    'run_0', 0, 0, 1, i, printf('card purchase %06d portland or', i * 7919 % 1000000) || char(10)
        || 'counterparty ' || (i * 31 % 400), 'groceries', 'Counterparty ' || (i * 31 % 400),
    'counterparty ' || (i * 31 % 400)
from n, scale;

insert into pb_days (account_id, day, currency, entries, posted, money_in, money_out)
select account_id, date, currency, count(*),
    sum(case when status = 'posted' then amount else 0 end),
    sum(case when amount > 0 then amount else 0 end),
    sum(case when amount < 0 then amount else 0 end)
from pb_transactions where life = 'live' group by account_id, date, currency;

insert into pb_word_stamps (month, stamp)
select distinct substr(date, 1, 7), '1' from pb_transactions;

insert into pb_sync_state (account_id, head, done, empty_seen, audit_due, judged_at, full_at)
select id, '2026-11-22', true, false, false, '2026-11-22T09:00:00+00:00', '2026-11-22T09:00:00+00:00'
from pb_accounts;
