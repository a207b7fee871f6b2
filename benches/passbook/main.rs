//! What passbook takes for the things that people wait for, each beside a bare baseline of the
//! same run. Times drift from machine to machine; the table of ratios at the end is what counts.

mod backup;
mod bare;
mod first_screen;
mod fixture;
mod hello;
mod insights;
mod keys;
mod memory;
mod overview;
mod pages;
mod postgres;
mod screen;
mod search;
mod sorting;
mod stopwatch;
mod sync;

use color_eyre::Result;
use fixture::Fixture;
use stopwatch::Stopwatch;

fn main() -> Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider was installed before");
    // Without this flag criterion runs everything once, as a test.
    let measuring = std::env::args().any(|argument| argument == "--bench");
    let (rows, synced) = if measuring { (1_000_000, 100_000) } else { (20_000, 2_000) };
    let mut stopwatch = Stopwatch::new()?;
    let large = stopwatch.wait_for(Fixture::make(rows))?;
    let small = stopwatch.wait_for(Fixture::make(10_000))?;
    first_screen::measure(&mut stopwatch, &large, &small);
    overview::measure(&mut stopwatch, &large)?;
    insights::measure(&mut stopwatch, &large)?;
    keys::measure(&mut stopwatch, &large)?;
    pages::measure(&mut stopwatch, &large)?;
    search::measure_on_sqlite(&mut stopwatch, &large)?;
    sorting::measure_on_sqlite(&mut stopwatch, &large)?;
    postgres::measure(&mut stopwatch, &large)?;
    backup::measure(&mut stopwatch, &large, &small)?;
    sync::measure(&mut stopwatch, synced)?;
    stopwatch.print_ratios();
    Ok(())
}
