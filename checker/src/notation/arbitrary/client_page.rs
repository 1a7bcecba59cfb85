//! Lines of pages whose submission is a client.

use proptest::option;
use proptest::prelude::*;

use super::parts::*;
use super::{body, message_pattern, payload, text_source};
use crate::notation::ast::*;

/// A line of a page whose submission is a client.
pub(super) fn client_page() -> impl Strategy<Value = Statement> {
    let server = || Client::new(ClientName::server(), 0..0);
    let pattern = prop_oneof![
        text_source().prop_map(TextPattern::Exactly),
        regex().prop_map(TextPattern::Regex),
    ];
    let expected = option::of(
        message_pattern().prop_filter("HTTP has no frames", |pattern| {
            !matches!(pattern, MessagePattern::Frame(_))
        }),
    );
    let method = prop::sample::select(vec!["GET", "POST", "DELETE", "PROPFIND"]);
    let requested = (
        spanned(method.prop_map(str::to_owned)),
        path(),
        expected,
        within(),
    );
    prop_oneof![
        within().prop_map(move |within| Statement::Accept {
            server: server(),
            within
        }),
        any::<bool>().prop_map(move |up| match up {
            true => Statement::Up { server: server() },
            false => Statement::Down { server: server() },
        }),
        duration().prop_map(|duration| Statement::NothingConnects { duration }),
        requested.prop_map(move |(method, path, body, within)| {
            Statement::Requested(Requested {
                server: server(),
                method,
                path,
                body,
                within,
            })
        }),
        (spanned(200..=599_u16), option::of(body())).prop_map(move |(status, body)| {
            Statement::Respond {
                server: server(),
                status,
                body,
            }
        }),
        text_source().prop_map(|text| Statement::Type { text }),
        (spanned(pattern), within())
            .prop_map(|(pattern, within)| Statement::Print { pattern, within }),
        (spanned(any::<u8>()), within())
            .prop_map(|(status, within)| Statement::Exit { status, within }),
        payload().prop_map(move |payload| Statement::Send {
            client: server(),
            payload
        }),
        message_pattern().prop_map(move |pattern| Statement::Receive(Receive {
            client: server(),
            next: false,
            pattern,
            within: None,
            exactly_once: false,
        })),
    ]
}
