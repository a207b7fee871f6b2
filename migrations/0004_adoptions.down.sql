drop table pb_adopted;
drop table pb_adoptions;
