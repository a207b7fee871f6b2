drop table pb_sync_explanations;
