//! The programs that books are made for, asked whether they take them and what they add up.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::say_missing;

/// Balances of posted entries by own account and currency, without those of nothing.
pub type Balances = BTreeMap<(String, String), String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Hledger,
    Ledger,
    Beancount,
}

impl Program {
    /// Those that are installed. The others are said to be skipped, or are a failure where
    /// `PASSBOOK_TEST_BOOKS` requires them.
    pub fn installed() -> Vec<Self> {
        let all = [Self::Hledger, Self::Ledger, Self::Beancount];
        all.into_iter().filter(|program| program.is_installed()).collect()
    }

    pub fn format(self) -> &'static str {
        match self {
            Self::Hledger => "hledger",
            Self::Ledger => "ledger",
            Self::Beancount => "beancount",
        }
    }

    fn is_installed(self) -> bool {
        let command = if self == Self::Beancount { "bean-check" } else { self.format() };
        let found = Command::new(command).arg("--version").output().is_ok();
        if !found {
            say_missing("PASSBOOK_TEST_BOOKS", command);
        }
        found
    }

    /// Whether it takes the file without a word, every name declared and every balance as it says.
    pub fn check(self, file: &Path) {
        let path = file.to_str().unwrap();
        let said = match self {
            Self::Hledger => run("hledger", &["-f", path, "check", "--strict", "ordereddates"]),
            Self::Ledger => run("ledger", &["--strict", "--pedantic", "-f", path, "stats"]),
            Self::Beancount => run("bean-check", &["--no-cache", path]),
        };
        assert!(said.1.is_empty(), "{self:?}: {}", said.1);
    }

    pub fn balances(self, file: &Path) -> Balances {
        let path = file.to_str().unwrap();
        let (lines, _) = match self {
            Self::Hledger => run(
                "hledger",
                &["-f", path, "balance", "--cleared", "--flat", "-N", "-O", "csv", "--layout=bare"],
            ),
            Self::Ledger => {
                let format = "%(account)\t%(commodity(scrub(display_total)))\t\
                    %(quantity(scrub(display_total)))\n";
                let own = ["^Assets", "^Liabilities"];
                let flags = ["--cleared", "--flat", "--no-total", "-F", format];
                run("ledger", &[&["-f", path, "balance"][..], &own, &flags].concat())
            }
            Self::Beancount => {
                let python = python();
                let (python, flags) = python.split_first().unwrap();
                let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
                run(python, &[&flags[..], &["-c", BEANCOUNT, path]].concat())
            }
        };
        lines.lines().filter_map(|line| self.balance(line)).collect()
    }

    fn balance(self, line: &str) -> Option<((String, String), String)> {
        let cells: Vec<String> = match self {
            Self::Hledger => {
                line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()
            }
            _ => line.split('\t').map(str::to_owned).collect(),
        };
        let [account, currency, number] = &cells[..] else { return None };
        let number = plain(number);
        let own = account.starts_with("Assets") || account.starts_with("Liabilities");
        (own && number != "0").then(|| ((account.clone(), currency.clone()), number.to_owned()))
    }
}

/// `12.5` for `12.50`: how many zeros a program writes says nothing.
pub fn plain(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Its own library, as its reports use it.
const BEANCOUNT: &str = "
import sys, collections
from beancount import loader
from beancount.core import data
entries, errors, options = loader.load_file(sys.argv[1])
assert not errors, errors
sums = collections.defaultdict(int)
for entry in entries:
    if isinstance(entry, data.Transaction) and entry.flag == '*':
        for posting in entry.postings:
            sums[posting.account, posting.units.currency] += posting.units.number
for (account, currency), number in sorted(sums.items()):
    print(account, currency, number, sep='\\t')
";

/// The interpreter that bean-check runs in: there may be others, without its library.
fn python() -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap();
    let script = std::env::split_paths(&path).map(|directory| directory.join("bean-check"));
    let script = script.into_iter().find(|script| script.exists()).unwrap();
    let script = std::fs::read_to_string(script).unwrap();
    let line = script.lines().next().and_then(|line| line.strip_prefix("#!")).unwrap();
    line.split_whitespace().map(str::to_owned).collect()
}

fn run(program: &str, arguments: &[&str]) -> (String, String) {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {said}{told}");
    (told, said)
}
