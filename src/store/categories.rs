//! The tree of categories as the user has it, and how many rows stand where.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::category::{Categories, CategoryTree, Placing};

pub(super) const PLACINGS: &str = "select name, parent from pb_categories";

/// From the index that holds every live row.
const ROWS: &str = "
    select shown_category, cast(count(*) as bigint) from pb_transactions
    where life = 'live' and shown_category is not null group by shown_category";

/// The tree without what only rows know.
macro_rules! load_tree {
    ($db:ident) => {{
        let placings: Vec<(String, Option<String>)> =
            sqlx::query_as($crate::store::categories::PLACINGS).fetch_all(&mut *$db).await?;
        let renamed: Vec<(String, String)> =
            sqlx::query_as($crate::store::rules::RENAMED).fetch_all(&mut *$db).await?;
        $crate::store::categories::tree(placings, renamed)
    }};
}
pub(super) use load_tree;

pub(super) fn tree(
    placings: Vec<(String, Option<String>)>,
    renamed: Vec<(String, String)>,
) -> CategoryTree {
    let placing = |(name, parent)| Placing { name, parent };
    let tree = CategoryTree::new(placings.into_iter().map(placing).collect());
    tree.renaming(renamed.into_iter().collect())
}

impl Store {
    /// As the user has it; what only rows know stands at its top.
    pub async fn load_category_tree(&self) -> Result<CategoryTree> {
        with_db!(self, |db| Ok(load_tree!(db))).wrap_err("loading the tree of categories")
    }

    pub async fn load_categories(&self) -> Result<Categories> {
        let (tree, rows) = with_db!(self, |db| {
            let tree = load_tree!(db);
            let rows: Vec<(String, i64)> = sqlx::query_as(ROWS).fetch_all(db).await?;
            Ok((tree, rows))
        })
        .wrap_err("loading the categories")?;
        let tree = tree.knowing(rows.iter().map(|(name, _)| name.as_str()));
        let rows = rows.into_iter().map(|(name, count)| (name, count.unsigned_abs())).collect();
        Ok(Categories { tree, rows })
    }
}
