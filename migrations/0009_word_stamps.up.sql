-- What a search that keeps the words of all rows in memory knows them by: written anew whenever the
-- words or the day of a row of that month change, so that no two states have the same one.
create table pb_word_stamps (
    -- 2026-11.
    month text not null primary key,
    stamp text not null
);
insert into pb_word_stamps (month, stamp)
select month, cast(random() as text)
from (select distinct substr(cast(date as text), 1, 7) as month from pb_transactions) months;
