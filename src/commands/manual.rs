//! `passbook completions` and `passbook man`: the command line's own definitions, for shells and `man`.

use std::io::Write;

use clap::CommandFactory as _;

use super::Result;
use crate::cli::{Cli, CompletionsArgs, ManArgs};

pub fn completions(args: &CompletionsArgs, out: &mut impl Write) -> Result<()> {
    // It does not say when writing fails: so it writes where nothing can.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "passbook", &mut script);
    out.write_all(&script)?;
    Ok(out.flush()?)
}

/// The page of passbook itself, or a directory with that and the page of every command.
pub fn manual(args: &ManArgs, out: &mut impl Write) -> Result<()> {
    match &args.output {
        None => clap_mangen::Man::new(Cli::command()).render(out)?,
        Some(directory) => {
            std::fs::create_dir_all(directory)?;
            clap_mangen::generate_to(Cli::command(), directory)?;
        }
    }
    Ok(out.flush()?)
}
