drop index pb_transactions_by_amount;
drop index pb_transactions_by_category;
drop index pb_transactions_by_merchant;
drop index pb_transactions_by_date;
create index pb_transactions_by_date on pb_transactions (date, account_id, seq, id, amount,
    currency, status, shown_category, merchant, tags, left_out, transfer, words)
    where life = 'live';
alter table pb_transactions drop column merchant_key;
