drop table pb_webhooks;
drop table pb_repairs;
drop table pb_enrollment_words;
alter table pb_enrollments drop column removed_at;
alter table pb_enrollments drop column linked_at;
alter table pb_enrollments drop column user_id;
alter table pb_enrollments drop column key_digest;
alter table pb_enrollments drop column sealed_token;
