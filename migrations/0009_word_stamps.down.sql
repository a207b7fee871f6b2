drop table pb_word_stamps;
