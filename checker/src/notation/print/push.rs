//! The lines about requests under way, events, and what they cost.

use super::Printer;
use super::layout::{Doc, Rows};
use super::statement::{client_line, literal, statuses, within, words};
use crate::notation::ast::{Answered, EventPattern, Measure, Request};

impl Printer<'_> {
    pub(super) fn ask(&self, request: &Request) -> Rows {
        let mut rows = client_line(&request.client, "asks");
        rows.word(&request.method.node);
        self.rest_of_request(request, &mut rows);
        rows
    }

    pub(super) fn answered(&self, answered: &Answered) -> Rows {
        let mut rows = client_line(&answered.client, "is answered");
        rows.word(statuses(&answered.response));
        if let Some(body) = &answered.response.body {
            rows.push(self.message_pattern(body));
        }
        within(answered.within.as_ref(), &mut rows);
        rows
    }

    pub(super) fn measure(&self, measure: &Measure) -> Rows {
        let mut rows = words(["measure"]);
        rows.push(self.string(&literal(&measure.name.node)));
        rows.word(format!("of {}", measure.client.node));
        let noun = if measure.messages == 1 {
            "message"
        } else {
            "messages"
        };
        rows.word(format!("with {} {noun}", measure.messages));
        if let Some(bytes) = measure.at_most {
            rows.word(format!("at most {bytes} bytes each"));
        }
        rows.attach(":");
        rows
    }

    pub(super) fn event(&self, event: &EventPattern) -> Doc {
        let mut docs = vec![Doc::text("event")];
        if let Some(name) = &event.name {
            docs.extend([Doc::text(" "), self.text_source(name)]);
        }
        if let Some(id) = &event.id {
            docs.extend([Doc::text(" id "), self.text_source(id)]);
        }
        if let Some(data) = &event.data {
            docs.extend([Doc::text(" "), self.message_pattern(data)]);
        }
        Doc::Joined(docs)
    }
}
