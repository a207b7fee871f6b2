//! How SQLite is asked for its tables and indexes.

pub(in crate::store) const COLUMNS: &str = "
    select t.name as table_name, c.name as column_name, lower(c.type) as kind,
        c.\"notnull\" = 0 as nullable
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite!_%' escape '!'";

/// `statement` is the text that made the index, word for word as in its migration.
pub(in crate::store) const INDEXES: &str = "
    select i.name, i.tbl_name as table_name,
        (select group_concat(name, ', ') from (
            select name from pragma_index_info(i.name) order by seqno)) as columns,
        l.partial = 1 as partial, i.sql as statement
    from sqlite_master i join pragma_index_list(i.tbl_name) l on l.name = i.name
    where i.type = 'index' and i.sql is not null
    union all
    select t.name || ' primary key', t.name, (select group_concat(name, ', ') from (
            select name from pragma_table_info(t.name) where pk > 0 order by pk)), false, null
    from sqlite_master t
    where t.type = 'table' and exists (select 1 from pragma_table_info(t.name) where pk > 0)";
