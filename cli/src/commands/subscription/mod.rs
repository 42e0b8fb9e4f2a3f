//! `subscription`: one store connected to one iPaaS.com company.

mod create;
mod remove;
mod set;
mod show;
mod token_file;

use crate::arguments::Subscription;
use crate::project;

use super::Result;

pub fn run(arguments: &Subscription) -> Result {
    match arguments {
        Subscription::Create(create) => create::create(create),
        Subscription::Show(show) => show::show(&project::subscribed(show.project.project.as_deref())?, show.format),
        Subscription::Set(set) => set::set(set),
        Subscription::Remove(remove) => remove::remove(remove),
    }
}
