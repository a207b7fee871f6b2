//! The words of `passbook categories`.

use clap::{Args, Subcommand};

use super::Format;

#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct CategoriesArgs {
    #[command(flatten)]
    pub format: Format,
    #[command(subcommand)]
    pub command: Option<CategoriesCommand>,
}

/// A name from before is understood, too.
#[derive(Clone, Debug, Subcommand)]
pub enum CategoriesCommand {
    /// List the tree with the rows that stand where; the default
    List(Format),
    /// Add a category
    Add(AddCategoryArgs),
    /// Call a category by another name; its rows, its rules and what stands below it go along
    Rename(RenameCategoryArgs),
    /// Put a category below another one; without one to the top
    Move(MoveCategoryArgs),
    /// Make a category part of another one
    Merge(MergeCategoryArgs),
    /// Remove a category; its rows go to the one above, or to the one that is named
    Remove(RemoveCategoryArgs),
    /// List what the bank's words mean, or say which category one means; alone it means itself
    Map(MapCategoryArgs),
}

#[derive(Args, Clone, Debug)]
pub struct AddCategoryArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Stands below this one; default: at the top
    #[arg(long, value_name = "CATEGORY")]
    pub below: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct RenameCategoryArgs {
    #[arg(value_name = "CATEGORY")]
    pub name: String,
    #[arg(value_name = "NAME")]
    pub to: String,
}

#[derive(Args, Clone, Debug)]
pub struct MoveCategoryArgs {
    #[arg(value_name = "CATEGORY")]
    pub name: String,
    #[arg(value_name = "BELOW")]
    pub below: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct MergeCategoryArgs {
    #[arg(value_name = "CATEGORY")]
    pub name: String,
    #[arg(value_name = "INTO")]
    pub into: String,
}

#[derive(Args, Clone, Debug)]
pub struct RemoveCategoryArgs {
    #[arg(value_name = "CATEGORY")]
    pub name: String,
    /// Its rows go here
    #[arg(long, value_name = "CATEGORY")]
    pub into: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct MapCategoryArgs {
    /// One of the bank's; without one all are listed
    #[arg(value_name = "WORD")]
    pub word: Option<String>,
    #[arg(value_name = "CATEGORY", requires = "word")]
    pub to: Option<String>,
    #[command(flatten)]
    pub format: Format,
}

impl CategoriesArgs {
    pub fn writes(&self) -> bool {
        match &self.command {
            None | Some(CategoriesCommand::List(_)) => false,
            Some(CategoriesCommand::Map(args)) => args.word.is_some(),
            Some(_) => true,
        }
    }
}
