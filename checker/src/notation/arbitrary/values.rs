//! Where values come from: generators of `let`, and lists of `for`.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::hex;
use super::parts::*;
use crate::notation::ast::*;

pub(super) fn generator() -> impl Strategy<Value = Generator> {
    let claims = members(template()).prop_map(|members| at(TemplateNode::Object(members)));
    let signing = prop_oneof![
        Just(JwtSigning::Secret),
        string().prop_map(JwtSigning::Key),
        Just(JwtSigning::None),
    ];
    let offset = || {
        option::of(prop_oneof![
            size().prop_map(Offset::Size),
            name().prop_map(Offset::Variable)
        ])
    };
    prop_oneof![
        option::of(size()).prop_map(|size| Generator::Text { size }),
        Just(Generator::Word),
        ordered(i64::MIN..i64::MAX).prop_map(|(from, to)| Generator::Number { from, to }),
        size().prop_map(|size| Generator::Bytes { size }),
        name().prop_map(Generator::Sha256),
        (name(), offset(), offset()).prop_map(|(source, from, to)| match (&from, &to) {
            (Some(Offset::Size(a)), Some(Offset::Size(b))) if a.bytes() > b.bytes() => {
                Generator::Slice {
                    source,
                    from: to,
                    to: from,
                }
            }
            _ => Generator::Slice { source, from, to },
        }),
        (claims, option::of(duration()), signing).prop_map(|(claims, expires_in, signing)| {
            Generator::Jwt {
                claims,
                expires_in,
                signing,
            }
        }),
    ]
}

pub(super) fn list() -> impl Strategy<Value = List> {
    let item = prop_oneof![
        4 => template().prop_map(ListItem::Json),
        1 => hex().prop_map(ListItem::Hex),
    ];
    prop_oneof![
        vec(spanned(item), 1..6).prop_map(List::Values),
        ordered(-50_000..50_000).prop_map(|(from, to)| List::Range { from, to }),
        (name(), size())
            .prop_filter("no bytes would never end", |(_, size)| size.bytes() > 0)
            .prop_map(|(source, size)| List::Chunks { source, size }),
    ]
}
