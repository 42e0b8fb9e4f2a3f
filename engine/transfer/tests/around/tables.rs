//! Every call that a route has against every lie: nothing is believed. And, so that this can fail, against what is documented.

use std::time::Duration;

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Answer as Form, Api, Call, Catalog, RecordType};
use mapwright_transfer::connect::expected::{Verdict, judged};
use mapwright_transfer::connect::reading::{Reading, read_twice};
use mapwright_transfer::connect::told_apart::Sent;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use mapwright_transfer::connect::written::{Answered, Written, written};

use super::lies::LIES;
use super::support::nothing::{not_there, nothing};

/// Answers everything in one way; none: as where nothing is there.
struct Always(Option<(u16, String)>);

impl Wire for Always {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        let answer = match &self.0 {
            Some((status, body)) => answer(*status, body),
            None => nothing(request),
        };
        Box::pin(async move { Ok(answer) })
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
}

async fn reading(record: &RecordType, told: Option<(u16, String)>) -> Reading {
    let (ids, parents) = ([String::from("7")], ["1", "2"].map(String::from));
    let found = read_twice(&Always(told), record, &ids, &parents, Duration::ZERO).await;
    found.unwrap().remove("7").unwrap()
}

/// A record as the answer to a call has it.
fn documented(call: &Call, record: &RecordType, id: u32, beside: &str) -> String {
    let row = format!(r#"{{"{}":{id}{beside}}}"#, record.id.as_deref().unwrap_or("id"));
    match &call.answer {
        Form::Data => format!(r#"{{"data":{row},"meta":{{}}}}"#),
        Form::Bare => row,
        Form::BareList => format!("[{row}]"),
        Form::DataList => format!(r#"{{"data":[{row}],"meta":{{}}}}"#),
        Form::Pages => format!(r#"{{"data":[{row}],"meta":{{"pagination":{{"total":1,"total_pages":1}}}}}}"#),
        Form::Receipt(key) => format!(r#"{{"{key}":"x"}}"#),
        Form::Tally => r#"{"data":[],"meta":{"total":1,"success":1,"failed":0}}"#.to_owned(),
        Form::Rows(_) | Form::Empty => String::new(),
    }
}

#[tokio::test]
async fn faults_d1_no_record_type_is_gone_or_there_for_an_odd_answer() {
    let mut types = 0;
    for record in Catalog::builtin().iter().filter(|r| r.route.read.is_some()) {
        types += 1;
        let call = record.route.read.as_ref().unwrap();
        for (status, body) in LIES {
            let told = reading(record, Some((*status, (*body).to_owned()))).await;
            assert!(matches!(told, Reading::Unknown(_)), "{} {status} {body}: {told:?}", record.name);
        }
        // the "not found" of another API
        for api in [Api::BigcommerceV2, Api::BigcommerceV3, Api::IpaasProducts] {
            let body = String::from_utf8(not_there(api).body).unwrap();
            let told = reading(record, Some((404, body.clone()))).await;
            let one = matches!(call.answer, Form::Data | Form::Bare);
            let store = |api: Api| matches!(api, Api::BigcommerceV2 | Api::BigcommerceV3);
            let own = one && (api == call.api || !store(api) && !store(call.api));
            assert_eq!(told == Reading::NotThere, own, "{} {api:?} {told:?}", record.name);
        }
        let there = documented(call, record, 7, "");
        assert!(matches!(reading(record, Some((200, there))).await, Reading::There(_)), "{}", record.name);
        let other = documented(call, record, 8, "");
        assert!(matches!(reading(record, Some((200, other))).await, Reading::Unknown(_)), "{}", record.name);
        assert_eq!(reading(record, None).await, Reading::NotThere, "{}", record.name);
    }
    assert!(types > 10);
}

fn is_done(written: &Written) -> bool {
    matches!(written, Written::Each(each, _) if each.iter().any(|a| matches!(a, Answered::Record(_) | Answered::Done)))
}

#[test]
fn faults_d3_no_write_of_any_record_type_is_done_for_an_odd_answer() {
    let mut calls = 0;
    for record in Catalog::builtin().iter() {
        let route = &record.route;
        // a text that is sent, by which the record is known
        let field = route.known_by.first().cloned().unwrap_or_else(|| String::from("comment"));
        let beside = format!(r#","{field}":"mine""#);
        let content = read(format!(r#"{{"{field}":"mine"}}"#).as_bytes()).unwrap();
        for (call, id) in [(&route.create, None), (&route.update, Some("7"))] {
            let Some(call) = call else { continue };
            calls += 1;
            let sent = [Sent { content: &content, id }];
            for (status, body) in LIES {
                let told = written(call, record, &sent, &answer(*status, body));
                assert!(!is_done(&told), "{} {:?} {status} {body}: {told:?}", record.name, call.method);
            }
            let right = documented(call, record, 7, &beside);
            assert!(is_done(&written(call, record, &sent, &answer(200, &right))), "{} {right}", record.name);
            if !matches!(call.answer, Form::Receipt(_) | Form::Tally) {
                let other = documented(call, record, 8, &beside.replace("mine", "theirs"));
                assert!(!is_done(&written(call, record, &sent, &answer(200, &other))), "{} {other}", record.name);
            }
        }
        if let Some(call) = &route.delete {
            calls += 1;
            for (status, body) in LIES.iter().filter(|lie| **lie != (204, "")) {
                let told = judged(call, record, &answer(*status, body));
                assert!(matches!(told, Verdict::Unlike(_)), "{} {status} {body}: {told:?}", record.name);
            }
            assert!(matches!(judged(call, record, &answer(204, "")), Verdict::Believed(_)), "{}", record.name);
            assert!(matches!(judged(call, record, &not_there(call.api)), Verdict::NotThere(_)), "{}", record.name);
        }
    }
    assert!(calls > 30, "{calls}");
}

#[test]
fn faults_d3_no_list_of_any_record_type_is_empty_for_an_odd_answer() {
    for record in Catalog::builtin().iter() {
        let route = &record.route;
        let lists = route.list.iter().map(|list| &list.call).chain(route.find.values());
        for call in lists {
            let v2 = call.api == Api::BigcommerceV2;
            for (status, body) in LIES.iter().filter(|lie| !v2 || **lie != (204, "")) {
                let told = judged(call, record, &answer(*status, body));
                let empty = matches!(&told, Verdict::Believed(found) if found.rows.is_empty() && found.whole);
                // `meta.pagination` is documented where lists are pages
                let documented = call.answer == Form::DataList && body.starts_with(r#"{"data":[],"meta":{"#);
                assert!(!empty || documented, "{} {} {status} {body}: {told:?}", record.name, call.path);
            }
            let none = match call.api {
                Api::BigcommerceV2 => answer(204, ""),
                Api::BigcommerceV3 => {
                    answer(200, r#"{"data":[],"meta":{"pagination":{"total":0,"count":0,"total_pages":0}}}"#)
                }
                _ => answer(200, "[]"),
            };
            let told = judged(call, record, &none);
            assert!(matches!(&told, Verdict::Believed(found) if found.whole && found.rows == Vec::<Json>::new()));
        }
    }
}
