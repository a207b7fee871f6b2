//! Answers with something wrong inside.

use serde_json::Value;

use super::faults::Fault;
use super::reply::Reply;

/// A place that the answer does not have stays as it is.
pub fn spoil(reply: &mut Reply, faults: &[Fault]) {
    for fault in faults {
        match fault {
            Fault::Replace { pointer, value } => respell(reply, |json| {
                if let Some(place) = json.pointer_mut(pointer) {
                    place.clone_from(value);
                }
            }),
            Fault::Remove { pointer } => respell(reply, |json| remove(json, pointer)),
            Fault::Repeat(index) => respell(reply, |json| {
                if let Some(rows) = json.as_array_mut()
                    && let Some(row) = rows.get(*index).cloned()
                {
                    rows.insert(index + 1, row);
                }
            }),
            Fault::Rewrite { from, to } => {
                let text = String::from_utf8_lossy(&reply.body);
                reply.body = text.replace(from, to).into_bytes();
            }
            _ => {}
        }
    }
}

fn respell(reply: &mut Reply, change: impl FnOnce(&mut Value)) {
    if let Ok(mut json) = serde_json::from_slice(&reply.body) {
        change(&mut json);
        reply.body = json.to_string().into_bytes();
    }
}

fn remove(json: &mut Value, pointer: &str) {
    let Some((parent, member)) = pointer.rsplit_once('/') else {
        return;
    };
    match json.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(member);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = member.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}
