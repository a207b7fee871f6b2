//! How Postgres is asked for its tables and indexes.

/// Not the information schema: it hides what the role has no right to.
pub(in crate::store) const COLUMNS: &str = "
    select cast(t.relname as text) as table_name, cast(c.attname as text) as column_name,
        case format_type(c.atttypid, null)
            when 'timestamp with time zone' then 'timestamptz'
            else format_type(c.atttypid, null)
        end as kind,
        not c.attnotnull as nullable
    from pg_class t
        join pg_namespace s on s.oid = t.relnamespace
        join pg_attribute c on c.attrelid = t.oid
    where s.nspname = any(current_schemas(false)) and pg_table_is_visible(t.oid)
        and t.relkind in ('r', 'p') and c.attnum > 0 and not c.attisdropped";

pub(in crate::store) const INDEXES: &str = "
    select case when x.indisprimary then t.relname || ' primary key'
            else cast(i.relname as text) end as name,
        cast(t.relname as text) as table_name,
        (select string_agg(c.attname, ', ' order by k.place)
            from unnest(x.indkey) with ordinality k (number, place)
                join pg_attribute c on c.attrelid = t.oid and c.attnum = k.number) as columns,
        x.indpred is not null as partial, cast(null as text) as statement
    from pg_index x
        join pg_class i on i.oid = x.indexrelid
        join pg_class t on t.oid = x.indrelid
        join pg_namespace s on s.oid = t.relnamespace
    where s.nspname = any(current_schemas(false)) and pg_table_is_visible(t.oid) and x.indisvalid";
