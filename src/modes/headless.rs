//! `--serve`.

use std::process::ExitCode;

use passbook::clock::Clock;
use passbook::config::Config;
use passbook::exit::Exit;
use passbook::serve;
use passbook::store::StoreOptions;

use super::{bank, create_data_dir, no_bank, store_options, take_in_new};
use crate::failure::Failure;

pub async fn run(config: Config) -> Result<ExitCode, Failure> {
    create_data_dir(&config)?;
    let clock = Clock::default();
    let beside = config.clone();
    let options = serve::Options {
        address: (config.bind.value, config.port.value).into(),
        sync_every: config.sync_every.value,
        metrics: config.metrics.value,
        webhook_secrets: config.webhook_secrets.value.clone(),
        // Where servers run, disks are often gone with the next start; the database's own backups stay.
        store: StoreOptions { shelf: None, ..store_options(&config, &clock) },
        take_in: Box::new(move |store| {
            let config = beside.clone();
            Box::pin(async move { take_in_new(&config, &store).await })
        }),
        bank: Box::new(move |store| {
            Box::pin(async move {
                take_in_new(&config, &store).await;
                if config.offline.value {
                    return Ok(no_bank());
                }
                bank(&config, &store, clock).await
            })
        }),
    };
    serve::run(options).await?;
    Ok(Exit::Fine.into())
}
