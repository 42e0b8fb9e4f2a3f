//! Links that name another record than the one that names them: found out before anything is written to it.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction;

use crate::connect::links::{LinkError, told_by};

use super::engine::{Halt, unless_halted};
use super::transfer::{One, Transfer};

impl Transfer<'_> {
    /// A record of iPaaS.com tells its own link. One that tells another one than the look-up did is looked up once more, and
    /// what is still told two ways is left alone.
    pub(super) async fn linked_to(&self, one: &mut One, row: &Json) -> Result<(), Halt> {
        let known = one.itself.as_ref().and_then(|itself| self.known.get(itself).flatten().zip(Some(itself.clone())));
        let (Direction::To, Some((link, itself)), Some(id_field)) =
            (self.level().direction, known, self.target.id.as_deref())
        else {
            return Ok(());
        };
        match told_by(row, id_field, &self.engine.system_id) {
            Some(told) if told.as_ref() != Some(&link) => {}
            _ => return Ok(()),
        }
        let why = match self.engine.links.internal_of(&itself.record_type, &link.external).await {
            Ok(Some(again)) if again == link => return Ok(()),
            Err(LinkError::NoTable(_)) => return Ok(()),
            Ok(_) => {
                self.memory.forget_link(&itself.record_type, &link)?;
                String::from("that one does not tell so")
            }
            Err(LinkError::Call(error)) => unless_halted(&error)?,
            Err(error) => error.to_string(),
        };
        one.fail(format!("its link to {} {} could not be confirmed: {why}", self.target.title, link.internal));
        Ok(())
    }
}
