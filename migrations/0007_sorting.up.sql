-- Lists in the order of amounts, merchants and categories, and the groups of these: each order has
-- an index, or every window would read and sort all rows.

-- Derived: the merchant's name, folded. Names that differ by case alone are one merchant.
alter table pb_transactions add column merchant_key text not null default '';
-- Derived anew, with that column.
update pb_transactions set words = null;

drop index pb_transactions_by_date;
create index pb_transactions_by_date on pb_transactions (date, account_id, seq, id, amount,
    currency, status, shown_category, merchant, merchant_key, tags, left_out, transfer, words)
    where life = 'live';

-- From A to Z, and within one name the newest first: read backwards.
create index pb_transactions_by_merchant on pb_transactions (merchant_key desc, date, account_id,
    seq, id, currency, amount) where life = 'live';
create index pb_transactions_by_category on pb_transactions (shown_category desc, date, account_id,
    seq, id, currency, amount) where life = 'live';
-- Amounts of two currencies are never compared.
create index pb_transactions_by_amount on pb_transactions (currency desc, amount desc, date,
    account_id, seq, id) where life = 'live';
