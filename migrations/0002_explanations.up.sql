-- What each pass over an account read and concluded, so that it can be told afterwards.

create table pb_sync_explanations (
    run_id text not null references pb_sync_runs (id),
    account_id text not null,
    -- JSON: the steps of the pass, in order.
    steps text not null,
    primary key (run_id, account_id)
);
