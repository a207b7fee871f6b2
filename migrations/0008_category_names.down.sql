alter table pb_rules drop column paused;
drop table pb_category_names;
