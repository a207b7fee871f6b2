//! The journals of hledger and ledger: nearly one language.

use std::fmt::Write as _;

use super::entry::{Declared, Dialect, Entry, NOTES, Proof, readable};
use super::text::{code, comment, payee, tag};
use crate::domain::Money;

pub struct Plain {
    pub ledger: bool,
}

impl Dialect for Plain {
    fn head(&self, declared: &Declared<'_>) -> String {
        let mut text = String::new();
        for currency in &declared.currencies {
            let sample = Money::new(10_i64.pow(3 + currency.exponent()), *currency);
            // Without one, a mark between digits could be read as one of thousands.
            let point = if currency.exponent() == 0 && !self.ledger { "." } else { "" };
            if self.ledger {
                let _ = writeln!(text, "commodity {currency}\n    format {sample} {currency}");
            } else {
                let _ = writeln!(text, "commodity {sample}{point} {currency}");
            }
        }
        for account in &declared.accounts {
            let _ = writeln!(text, "account {account}");
        }
        // hledger knows no such directive before 1.31.
        let tags = NOTES.iter().copied().chain(declared.tags.iter().map(String::as_str));
        for tag in tags.filter(|_| self.ledger) {
            let _ = writeln!(text, "tag {tag}");
        }
        text.push('\n');
        text
    }

    fn entry(&self, entry: &Entry<'_>) -> String {
        let mut text = first_line(entry, self.ledger);
        for (name, value) in &entry.notes {
            let _ = writeln!(text, "    ; {name}: {}", comment(value));
        }
        if !entry.tags.is_empty() {
            let _ = writeln!(text, "    ; tags: {}", comment(&entry.tags.join(" ")));
            let tags: Vec<String> = entry.tags.iter().filter_map(|name| tag(name)).collect();
            if !tags.is_empty() && self.ledger {
                let _ = writeln!(text, "    ; :{}:", tags.join(":"));
            } else if !tags.is_empty() {
                let _ = writeln!(text, "    ; {}:", tags.join(":, "));
            }
        }
        for (account, amount) in &entry.postings {
            let _ = writeln!(text, "    {account}  {amount} {}", amount.currency);
        }
        text.push('\n');
        text
    }

    fn proof(&self, proof: &Proof<'_>) -> String {
        let Proof { account, balance, pending, .. } = proof;
        let (date, currency) = (readable(proof.date), balance.currency);
        let zero = Money::new(0, currency);
        let mut text = format!("{date} * measured by the bank\n");
        if pending.minor != 0 {
            let measured = Money::new(balance.minor.saturating_sub(pending.minor), currency);
            let _ = writeln!(text, "    ; it said {measured} {currency}; pending {pending}");
        }
        let _ = writeln!(text, "    {account}  {zero} {currency} = {balance} {currency}\n");
        text
    }
}

fn first_line(entry: &Entry<'_>, ledger: bool) -> String {
    let mut text = format!("{} {} ", readable(entry.date), if entry.pending { '!' } else { '*' });
    if let Some(id) = entry.id {
        let _ = write!(text, "({}) ", code(id));
    }
    let (to, narration) = (payee(entry.payee), payee(entry.narration));
    text.push_str(&to);
    let same = narration.is_empty() || narration == to;
    if !same && !ledger {
        let _ = write!(text, " | {narration}");
    }
    text.push('\n');
    if !same && ledger {
        let _ = writeln!(text, "    ; description: {}", comment(entry.narration));
    }
    text
}
