//! What each action does on the screen that has the keys.

use super::accounts::Pane;
use super::action::{Action, Context};
use super::categories::Putting;
use super::detail::Detail;
use super::editing::What;
use super::event::Effect;
use super::find::Part;
use super::help::Help;
use super::list::TransactionList;
use super::overlay::Overlay;
use super::sync::Line;
use super::takeover::{WAYS, Way};
use super::{App, RUNS, Screen};
use crate::domain::Scope;
use crate::domain::insight::SpendingBy;

impl App {
    #[expect(clippy::too_many_lines, reason = "a flat list, an arm an action")]
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page();
        match action {
            Action::Down => self.move_by(1),
            Action::Up => self.move_by(-1),
            Action::HalfPageDown => self.move_by((page / 2).max(1)),
            Action::HalfPageUp => self.move_by(-(page / 2).max(1)),
            Action::PageDown => self.move_by(page),
            Action::PageUp => self.move_by(-page),
            Action::First => self.go_to_end(false),
            Action::Last => self.go_to_end(true),
            Action::Open => self.open(),
            Action::Back => self.back(),
            Action::NextPane | Action::PreviousPane if self.context() == Context::Export => {
                self.turn_export()
            }
            Action::NextPane => self.other_pane(true),
            Action::PreviousPane => self.other_pane(false),
            Action::Find => self.start_finding(),
            Action::BuildFilter => self.build_filter(),
            Action::DropWord => self.drop_word(),
            Action::SaveSearch => self.name_search(),
            Action::Recall(slot) => self.recall(slot),
            Action::ThisMonth => self.this_month(),
            Action::PreviousMonth => self.jump_month(false),
            Action::NextMonth => self.jump_month(true),
            Action::ShowAccounts => self.show(Screen::Accounts),
            Action::ShowTransactions => self.show(Screen::Transactions),
            Action::ShowInsights => self.show(Screen::Insights),
            Action::ShowRecurring => self.show(Screen::Recurring),
            Action::ShowSync => self.show(Screen::Sync),
            Action::ShowGone => self.toggle_scope(Scope::All),
            Action::ShowOnlyGone => self.toggle_scope(Scope::Gone),
            Action::ShowAside => self.toggle_aside(),
            Action::NextRange => self.next_range(),
            Action::NextCurrency => {
                self.insights.next_currency();
                Vec::new()
            }
            Action::SpendingByCategory => self.spend_by(SpendingBy::Category),
            Action::SpendingByMerchant => self.spend_by(SpendingBy::Merchant),
            Action::SpendingByAccount => self.spend_by(SpendingBy::Account),
            Action::Dismiss if self.context() == Context::Duplicates => self.settle_double(),
            Action::Dismiss => self.dismiss(),
            Action::ShowDuplicates => self.show_duplicates(),
            Action::Explain => self.explain(),
            Action::Twin => self.go_to_twin(),
            Action::PartTransfer => self.part_transfer(),
            Action::Columns => self.choose_columns(),
            Action::Sort => self.next_sort(),
            Action::ReverseSort => self.reverse_sort(),
            Action::Group(by) => self.group_by(by),
            Action::Ungroup => self.ungroup(),
            Action::Zoom => {
                self.accounts.zoomed = !self.accounts.zoomed;
                Vec::new()
            }
            Action::Raw => self.open_raw(),
            Action::HideAmounts => {
                self.hidden = !self.hidden;
                Vec::new()
            }
            Action::Sync => self.sync_linked(),
            Action::SyncFull => self.start_sync(true),
            Action::StopSync => self.stop_sync(),
            Action::CopyOver => self.take_over(Way::Copy),
            Action::UseInPlace => self.take_over(Way::InPlace),
            Action::JustView => self.take_over(Way::View),
            Action::TakeByHand => self.toggle_by_hand(),
            Action::FullReport => self.toggle_report(),
            Action::TryAgain => self.try_again(),
            Action::RunChecks => self.run_checks(),
            Action::CopyReport => self.copy_report(),
            Action::MatchByHand => self.match_by_hand(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Pick if self.context() == Context::Columns => self.toggle_column(),
            Action::Pick => self.pick(),
            Action::PickRange => self.pick_range(),
            Action::PickAll => self.pick_all(),
            Action::SetCategory => self.start_editing(What::Category),
            Action::SetNote => self.start_editing(What::Note),
            Action::SetTag => self.start_editing(What::Tag),
            Action::SetName if self.context() == Context::Categories => self.rename_category(),
            Action::SetName if self.is_on_accounts() => self.rename_account(),
            Action::SetName if self.context() == Context::Sync => self.rename_enrollment(),
            Action::SetName => self.start_editing(What::Name),
            Action::LeaveOut if self.is_on_accounts() && self.picked.is_empty() => {
                self.hide_account()
            }
            Action::LeaveOut => self.leave_out(),
            Action::ToggleAlike => self.toggle_alike(),
            Action::KeepNote => match self.overlay.take() {
                Some(Overlay::Editing(editing)) => self.finish_editing(editing),
                _ => Vec::new(),
            },
            Action::ShowRules => self.show_rules(),
            Action::ShowCategories => self.show_categories(),
            Action::AddHere if self.context() == Context::Rules => self.add_rule(),
            Action::AddHere => self.add_category(),
            Action::PauseRule => self.pause_rule(),
            Action::PutBelow => self.put_category(Putting::Below),
            Action::JoinInto => self.put_category(Putting::Into),
            Action::RemoveRule => self.remove_rule(),
            Action::RetryAside => self.retry_aside(),
            Action::AddByHand => self.add_by_hand(),
            Action::EditValue => self.edit_value(false),
            Action::Remove if self.context() == Context::Sync => self.remove_enrollment(),
            Action::Remove if self.context() == Context::Categories => self.remove_category(),
            Action::Remove => self.remove_here(),
            Action::ShowHidden => self.toggle_hidden(),
            Action::LineDown | Action::LineUp if self.context() == Context::Rules => {
                self.move_rule(action == Action::LineDown)
            }
            Action::LineDown => self.move_account(true),
            Action::LineUp => self.move_account(false),
            Action::CopyRow
            | Action::CopyAmount
            | Action::CopyId
            | Action::CopyDescription
            | Action::CopyJson => self.copy_what(action),
            Action::Connect => self.connect(None),
            Action::Export => self.ask_export(),
            Action::Help
            | Action::Palette
            | Action::Settings
            | Action::NextTheme
            | Action::Lock
            | Action::ToggleMouse => self.feel(action),
            Action::Problems => self.toggle(Overlay::Problems { selected: 0 }),
            Action::Redraw => self.redraw(),
            Action::Suspend => vec![Effect::Suspend],
            Action::Quit if self.overlay.is_some() || self.detail.is_some() => self.back(),
            Action::Quit | Action::QuitNow => vec![Effect::Quit],
        }
    }

    pub(super) fn open(&mut self) -> Vec<Effect> {
        match self.overlay.take() {
            Some(Overlay::Help(help)) => return self.run_selected(help),
            Some(Overlay::Problems { selected }) => return self.open_problem(selected),
            Some(Overlay::Checks { .. } | Overlay::Why(_)) => return Vec::new(),
            Some(Overlay::Matching(matching)) => return self.make_match(matching),
            Some(Overlay::Editing(editing)) => return self.finish_editing(editing),
            Some(Overlay::Confirm(edit)) => return vec![Effect::Edit(*edit)],
            Some(rules @ Overlay::Rules { .. }) => {
                self.overlay = Some(rules);
                return self.change_rule();
            }
            Some(Overlay::Preview(previewing)) => return self.keep_rule(previewing),
            Some(Overlay::Duplicates(doubles)) => return self.open_double(doubles),
            Some(Overlay::Aside(mut aside)) => {
                aside.open_raw();
                self.overlay = Some(Overlay::Aside(aside));
                return Vec::new();
            }
            Some(Overlay::Settings(form)) => {
                self.overlay = Some(Overlay::Settings(form.clone()));
                return self.turn_setting(&form, true);
            }
            Some(Overlay::Passphrase(changing)) => return self.next_passphrase_line(changing),
            Some(Overlay::Builder(builder)) => return self.build_on(builder),
            Some(Overlay::Form(form)) => return self.submit(form),
            Some(Overlay::Export(exporting)) => return self.export(exporting),
            Some(columns @ Overlay::Columns { .. }) => {
                self.overlay = Some(columns);
                return self.toggle_column();
            }
            Some(Overlay::Connecting(connecting)) => return self.go_on_linking(connecting),
            Some(Overlay::Categories(tree)) => return self.open_category(tree),
            None if self.awaits_rows() => return self.open_later(),
            None => {}
        }
        match self.context_below() {
            Context::FirstRun => self.choose(),
            Context::Takeover => match &self.takeover {
                Some(takeover) if takeover.report.is_none() => {
                    self.take_over(WAYS[takeover.selected])
                }
                _ => Vec::new(),
            },
            Context::Accounts if self.accounts.pane == Pane::Accounts => {
                if !self.accounts.lines.is_empty() {
                    self.accounts.pane = Pane::Transactions;
                }
                Vec::new()
            }
            Context::Find => self.keep_find(),
            Context::Transactions if self.find.part == Part::Narrow => self.narrow(),
            Context::Accounts if self.is_on_values() => {
                let known = self.accounts.value().is_some();
                self.edit_value(known)
            }
            Context::Groups => self.open_group(),
            Context::Accounts | Context::Transactions => self.open_detail(),
            Context::Detail => self.open_raw(),
            Context::Sync => self.open_synced_account(),
            Context::Insights | Context::Recurring => self.drill(),
            _ => Vec::new(),
        }
    }

    /// Runs the selected line of the help, if it means anything where the user is.
    fn run_selected(&mut self, help: Help) -> Vec<Effect> {
        let matches = help.matches(&self.setup.keymap, self.context_below());
        let Some(entry) = matches.get(help.selected).copied() else {
            self.overlay = Some(Overlay::Help(help));
            return Vec::new();
        };
        if !entry.applies(self.context_below()) {
            self.tell(format!("\"{}\" does nothing on this screen.", entry.help));
            return Vec::new();
        }
        self.act(entry.action)
    }

    fn open_detail(&mut self) -> Vec<Effect> {
        let Some(row) = self.list().and_then(|list| list.selected()).cloned() else {
            return Vec::new();
        };
        let key = row.key();
        self.detail = Some(Detail::open(row));
        vec![Effect::LoadDetail(key)]
    }

    fn open_raw(&mut self) -> Vec<Effect> {
        let effects = if self.detail.is_none() { self.open_detail() } else { Vec::new() };
        if let Some(detail) = &mut self.detail {
            // The key that opens it closes it too.
            detail.raw = if detail.raw.is_some() { None } else { Some(0) };
        }
        effects
    }

    /// From a line of the sync screen to the account it tells about, or to what would mend its bank.
    fn open_synced_account(&mut self) -> Vec<Effect> {
        if let Some(repair) = self.repair_here() {
            return self.connect(Some(repair));
        }
        let id = match self.sync.lines().nth(self.sync.selected) {
            Some(Line::Account(_, account)) => Some(account.account_id.clone()),
            Some(Line::Bank(bank)) => bank.accounts.first().map(|a| a.account_id.clone()),
            _ => None,
        };
        let Some(place) = id.and_then(|id| self.accounts.lines.iter().position(|l| *l.id() == id))
        else {
            return Vec::new();
        };
        let rows = place.cast_signed() - self.accounts.selected_index().cast_signed();
        let mut effects = self.show(Screen::Accounts);
        effects.extend(self.accounts.move_by(rows, usize::from(self.setup.size.1)));
        effects
    }

    /// One step out: the raw row in an overlay, the overlay, the raw record, the transaction, the pane, the screen.
    fn back(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Aside(aside)) = &mut self.overlay
            && aside.raw.take().is_some()
        {
            return Vec::new();
        }
        if let Some(Overlay::Builder(builder)) = &mut self.overlay
            && builder.back()
        {
            return Vec::new();
        }
        if let Some(Overlay::Categories(tree)) = &mut self.overlay
            && tree.back()
        {
            return Vec::new();
        }
        if let Some(Overlay::Editing(editing)) = &mut self.overlay
            && !editing.leave()
        {
            return Vec::new();
        }
        if let Some(Overlay::Duplicates(doubles)) = &mut self.overlay
            && doubles.open.take().is_some()
        {
            return Vec::new();
        }
        if let Some(Overlay::Preview(previewing)) = &self.overlay {
            self.overlay = Some(Overlay::Form(previewing.form.clone()));
            return Vec::new();
        }
        if matches!(self.overlay, Some(Overlay::Connecting(_))) {
            return self.leave_linking();
        }
        if self.lift() {
            return Vec::new();
        }
        if !self.picked.is_empty() && self.detail.is_none() {
            self.picked.clear();
        } else if self.screen == Screen::Takeover {
            self.leave_takeover();
        } else if let Some(detail) = &mut self.detail {
            if detail.raw.take().is_none() {
                self.detail = None;
            }
        } else if self.screen == Screen::Accounts {
            if self.accounts.zoomed {
                self.accounts.zoomed = false;
            } else {
                self.accounts.pane = Pane::Accounts;
            }
        } else if self.screen == Screen::Insights && self.leave_spending() {
            // Back to the category above.
        } else if self.screen == Screen::Transactions && self.leave_level() {
            // Back to the figure, or to the groups.
        } else if self.screen == Screen::Transactions && !self.find.is_idle() {
            return self.leave_find();
        } else if self.setup.opened {
            self.screen = Screen::Accounts;
        }
        Vec::new()
    }

    /// On the settings screen: the next value, or the one before.
    fn other_pane(&mut self, forward: bool) -> Vec<Effect> {
        if let Some(Overlay::Settings(form)) = &self.overlay {
            let form = form.clone();
            return self.turn_setting(&form, forward);
        }
        if self.context() == Context::Categories {
            self.turn_categories();
            return Vec::new();
        }
        if self.screen == Screen::Insights {
            self.insights.next_part(forward);
        }
        if self.screen == Screen::Transactions {
            return self.switch_part();
        }
        if self.screen == Screen::Accounts {
            self.accounts.pane = match self.accounts.pane {
                Pane::Accounts => Pane::Transactions,
                Pane::Transactions => Pane::Accounts,
            };
        }
        Vec::new()
    }

    pub(super) fn show(&mut self, screen: Screen) -> Vec<Effect> {
        self.screen = screen;
        self.detail = None;
        self.levels.clear();
        self.find.part = Part::Rows;
        match screen {
            Screen::Transactions => self.show_list(),
            Screen::Sync => vec![Effect::LoadRuns { limit: RUNS }],
            Screen::Insights => self.insights.ask(self.today()),
            _ => Vec::new(),
        }
    }

    /// The rows of all accounts, asked for once.
    pub(super) fn show_list(&mut self) -> Vec<Effect> {
        if self.all.is_some() {
            return Vec::new();
        }
        let (list, effects) = TransactionList::open(None, usize::from(self.setup.size.1));
        self.all = Some(list);
        effects.into_iter().chain(self.prepare_finding()).collect()
    }

    pub(super) fn toggle(&mut self, overlay: Overlay) -> Vec<Effect> {
        let same =
            |open: &Overlay| std::mem::discriminant(open) == std::mem::discriminant(&overlay);
        self.overlay = if self.overlay.as_ref().is_some_and(same) { None } else { Some(overlay) };
        Vec::new()
    }

    pub(super) fn start_sync(&mut self, full: bool) -> Vec<Effect> {
        let refusal = if self.sync.running {
            "A sync is running already. Press 5 to watch it, ctrl-x to stop it."
        } else if self.setup.offline {
            "Offline, as asked: nothing is fetched. Start without --offline to sync."
        } else if self.setup.read_only {
            "Read-only: a sync would write. Start without --read-only to sync."
        } else if !self.setup.can_sync {
            "No bank is connected yet: press B to connect one."
        } else {
            self.sync.begin();
            return vec![Effect::StartSync { full, account: None }];
        };
        self.tell(refusal);
        Vec::new()
    }

    fn stop_sync(&mut self) -> Vec<Effect> {
        if !self.sync.running {
            self.tell("No sync is running.");
            return Vec::new();
        }
        self.sync.stopping = true;
        self.tell("The sync stops after this page.");
        vec![Effect::StopSync]
    }

    /// Draws everything again; what could not be read is asked for again, too.
    fn redraw(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::Redraw];
        if !self.failed_reads.is_empty() {
            effects.extend(self.reload(None));
        }
        effects
    }
}
