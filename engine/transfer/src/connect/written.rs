//! What became of the records of a write, as its answer has it.

use mapwright_language::json::Json;
use mapwright_language::schema::{Answer as Form, Call, RecordType};

use super::answer::Refusal;
use super::expected::{Verdict, id_of, judged};
use super::told_apart::{Sent, paired};
use super::wire::Answer;

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// Per record that was sent, in the order of sending; and, of a 207, what was not done.
    Each(Vec<Answered>, Option<Refusal>),
    /// Nothing: the API refused it.
    Refused(Refusal),
    /// Nobody knows: the answer is not what was asked for.
    Unlike(Refusal),
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// It was written; this is it.
    Record(Json),
    /// It was written; the call answers no records.
    Done,
    /// The answer is believed, and this record cannot be told from others in it, or is not in it: why.
    Unsure(String),
}

/// Judges the answer to a write.
#[must_use]
pub fn written(call: &Call, record: &RecordType, sent: &[Sent<'_>], answer: &Answer) -> Written {
    let believed = match judged(call, record, answer) {
        Verdict::Believed(believed) => believed,
        Verdict::NotThere(refusal) | Verdict::Refused(refusal) => return Written::Refused(refusal),
        Verdict::Unlike(refusal) => return Written::Unlike(refusal),
    };
    let unlike = |message: String| Written::Unlike(Refusal { status: answer.status, message, fields: vec![] });
    let partial = believed.partial;
    let path = &call.path;
    match &call.answer {
        Form::Receipt(_) | Form::Empty => Written::Each(sent.iter().map(|_| Answered::Done).collect(), partial),
        Form::Tally if believed.whole && believed.elements == sent.len() as u64 => {
            Written::Each(sent.iter().map(|_| Answered::Done).collect(), partial)
        }
        Form::Tally if partial.is_some() => {
            let why = format!("the answer to {path} says that not all records were done, and not which");
            Written::Each(sent.iter().map(|_| Answered::Unsure(why.clone())).collect(), None)
        }
        Form::Tally => unlike(format!(
            "the answer to {path} says that {} records were done, and {} were sent",
            believed.elements,
            sent.len()
        )),
        Form::Data | Form::Bare => {
            let other = believed.rows.first().and_then(|row| id_of(record, row)).unwrap_or("another record").to_owned();
            let mut found = paired(record, sent, believed.rows);
            match (found.pop().flatten(), found.is_empty()) {
                (Some(row), true) => Written::Each(vec![Answered::Record(row)], partial),
                _ => match sent.first().and_then(|sent| sent.id) {
                    Some(id) => unlike(format!("the answer to {path} is about {other}, not about {id}")),
                    None => unlike(format!("the answer to {path} is not about the record that was sent")),
                },
            }
        }
        Form::DataList | Form::Pages | Form::BareList | Form::Rows(_) => {
            let unsure = || Answered::Unsure(format!("the answer to {path} does not say which record is this one"));
            let found = paired(record, sent, believed.rows);
            Written::Each(found.into_iter().map(|row| row.map_or_else(unsure, Answered::Record)).collect(), partial)
        }
    }
}
