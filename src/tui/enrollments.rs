//! What is done to an enrollment from the screen, told in a sentence.

use color_eyre::Report;

use crate::app::event::EnrollmentDeed;
use crate::bank::{Bank, EndError, Ended};
use crate::domain::EnrollmentId;
use crate::store::{self, MergeError, Store};

pub(super) async fn carry_out(
    store: &Store,
    bank: &Bank,
    deed: &EnrollmentDeed,
) -> Result<String, String> {
    match deed {
        EnrollmentDeed::End(id) => end(store, bank, id).await,
        EnrollmentDeed::UndoRepair(id) => undo(store, id).await,
    }
}

async fn end(store: &Store, bank: &Bank, id: &EnrollmentId) -> Result<String, String> {
    let told = match bank.end(store, id).await {
        Ok(Ended::Now) => "Teller's access is ended",
        Ok(Ended::Before) => "Teller's access had ended before",
        Err(EndError::Store(report)) => return Err(sentence(&report)),
        Err(error) => {
            return Err(format!(
                "{error}: nothing was changed. `passbook enrollments remove --forget-anyway` wipes \
                 its token all the same."
            ));
        }
    };
    store.end_enrollment(id).await.map_err(|report| sentence(&report))?;
    Ok(format!("{told}, and its token is wiped; what it has brought stays."))
}

async fn undo(store: &Store, id: &EnrollmentId) -> Result<String, String> {
    match store.undo_repair(id).await {
        Ok(undone) => {
            let back = if undone.back.is_empty() { "" } else { ", and the old login is back" };
            let rows = undone.rows;
            Ok(format!(
                "The repair is undone: {rows} rows are under their old account again{back}."
            ))
        }
        Err(MergeError::Store(report)) => Err(sentence(&report)),
        Err(error) => Err(error.to_string()),
    }
}

fn sentence(report: &Report) -> String {
    tracing::warn!("{report:#}");
    store::explain(report)
}
