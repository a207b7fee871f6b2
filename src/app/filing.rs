//! What the keys do to the tree of categories.

use super::App;
use super::by_hand::READ_ONLY;
use super::categories::{Choosing, Putting, Tree};
use super::event::Effect;
use super::form::{About, Form, Line};
use super::overlay::Overlay;
use crate::domain::query::{Check, Clause, Filter};
use crate::domain::{Categories, CategoryError, Edit};

impl App {
    /// From the chooser, too: what it was about to say is let go.
    pub(super) fn show_categories(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Categories(Box::default()));
        vec![Effect::LoadCategories]
    }

    pub(super) fn categories_loaded(&mut self, known: Categories) {
        self.read_well("Categories");
        let tree = match (&mut self.overlay, &mut self.under) {
            (Some(Overlay::Categories(tree)), _) => tree,
            (_, Some(under)) => match &mut **under {
                Overlay::Categories(tree) => tree,
                _ => return,
            },
            _ => return,
        };
        tree.show(known);
    }

    pub(super) fn turn_categories(&mut self) {
        if let Some(Overlay::Categories(tree)) = &mut self.overlay {
            tree.turn();
        }
    }

    /// A category below the chosen one.
    pub(super) fn add_category(&mut self) -> Vec<Effect> {
        let Some(tree) = self.tree().filter(|tree| !tree.words) else { return Vec::new() };
        let parent = tree.name();
        let hint = match &parent {
            Some(parent) => format!("it will stand below {parent}; > moves it"),
            None => "it will stand at the top".to_owned(),
        };
        let lines = vec![Line::text("name", "", hint)];
        self.fill_in_over(Form::new(About::AddCategory(parent), "A new category".to_owned(), lines))
    }

    pub(super) fn rename_category(&mut self) -> Vec<Effect> {
        let name = self.tree().filter(|tree| !tree.words && tree.choosing.is_none());
        let Some(name) = name.and_then(Tree::name) else { return Vec::new() };
        let hint = "its rows and rules go along; the old name is still understood";
        let lines = vec![Line::text("name", &name, hint)];
        let title = format!("Name of the category {name}");
        self.fill_in_over(Form::new(About::RenameCategory(name), title, lines))
    }

    pub(super) fn put_category(&mut self, what: Putting) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
        } else if let Some(Overlay::Categories(tree)) = &mut self.overlay {
            match (tree.words, what) {
                (true, _) => tree.put(Putting::Meaning),
                (false, what) => tree.put(what),
            }
        }
        Vec::new()
    }

    /// What was chosen for the category, or else its rows.
    pub(super) fn open_category(&mut self, mut tree: Box<Tree>) -> Vec<Effect> {
        let chosen = tree.name();
        let known = tree.known.clone().unwrap_or_default();
        let Some(Choosing { what, name }) = tree.choosing.clone() else {
            if tree.words {
                self.overlay = Some(Overlay::Categories(tree));
                return self.put_category(Putting::Meaning);
            }
            self.overlay = Some(Overlay::Categories(tree));
            return chosen.map(|name| self.rows_of_category(&known, &name)).unwrap_or_default();
        };
        tree.back();
        self.overlay = Some(Overlay::Categories(tree));
        self.change_categories(match (what, chosen) {
            (Putting::Below, parent) => known.put_below(&name, parent.as_deref()),
            (Putting::Meaning, to) => known.map(&name, to.as_deref()),
            (Putting::Into, Some(into)) => known.merge(&name, &into),
            (Putting::Into, None) => return Vec::new(),
        })
    }

    /// Asks for another one where its rows have nowhere to go.
    pub(super) fn remove_category(&mut self) -> Vec<Effect> {
        let Some(tree) = self.tree().filter(|tree| !tree.words && tree.choosing.is_none()) else {
            return Vec::new();
        };
        let (Some(known), Some(name)) = (&tree.known, tree.name()) else { return Vec::new() };
        match known.remove(&name) {
            Err(CategoryError::Whereto(_)) => {
                self.tell(format!("{name} stands at the top: choose what it becomes part of."));
                self.put_category(Putting::Into)
            }
            removed => self.change_categories(removed),
        }
    }

    /// The name that was typed.
    pub(super) fn name_category(&mut self, form: Form) -> Vec<Effect> {
        let known = match self.under.as_deref() {
            Some(Overlay::Categories(tree)) => tree.known.clone().unwrap_or_default(),
            _ => return Vec::new(),
        };
        let edit = match &form.about {
            About::AddCategory(parent) => known.add(form.text(0), parent.as_deref()),
            About::RenameCategory(name) => known.rename(name, form.text(0)),
            _ => return Vec::new(),
        };
        match edit {
            Ok(edit) => {
                self.lift();
                vec![Effect::Edit(edit)]
            }
            Err(why) => {
                self.overlay = Some(Overlay::Form(form.refuse(0, why.to_string())));
                Vec::new()
            }
        }
    }

    fn change_categories(&mut self, edit: Result<Edit, CategoryError>) -> Vec<Effect> {
        match edit {
            _ if self.setup.read_only => self.tell(READ_ONLY),
            Ok(edit) => return vec![Effect::Edit(edit)],
            Err(why) => self.warn(format!("Nothing was changed: {why}.")),
        }
        Vec::new()
    }

    fn rows_of_category(&mut self, known: &Categories, name: &str) -> Vec<Effect> {
        let all = known.tree.with_below(name).into_iter().map(str::to_owned).collect();
        let check = Check::Categories { named: vec![name.to_owned()], all };
        let clauses = vec![Clause { negated: false, check }];
        self.list_rows(None, super::looking::ALL_DAYS, Filter { clauses, currencies: Vec::new() })
    }

    fn tree(&self) -> Option<&Tree> {
        match &self.overlay {
            Some(Overlay::Categories(tree)) => Some(tree),
            _ => None,
        }
    }
}
