alter table pb_transactions drop column merged_from;
alter table pb_accounts drop column merged_into;
