//! A chain of links: what it says, and which links run.

use namespaces::chain::Chain;
use namespaces::protocol::{ErrorCode, Refusal};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// What a link may refuse with.
const CODES: [ErrorCode; 4] = [
    ErrorCode::OriginForbidden,
    ErrorCode::TokenExpired,
    ErrorCode::UnknownNamespace,
    ErrorCode::InvalidRoom,
];

/// A link that notes that it ran, and refuses if there is a code.
fn noting(
    name: usize,
    refuses: Option<ErrorCode>,
) -> impl Fn(&mut Vec<usize>) -> Result<(), Refusal> {
    move |ran| {
        ran.push(name);
        refuses.map_or(Ok(()), |code| Err(code.into()))
    }
}

#[graded::test]
fn a_chain_without_links_lets_everything_through() {
    let mut untouched = "as it was".to_owned();
    assert_eq!(Chain::new().run(&mut untouched), Ok(()));
    assert_eq!(untouched, "as it was");
}

#[graded::test]
fn what_a_link_notes_is_there_for_the_next() {
    let chain = Chain::new()
        .link(|number: &mut u32| {
            *number += 1;
            Ok(())
        })
        .link(|number| match *number {
            8 => Err(ErrorCode::TokenExpired.into()),
            _ => Ok(()),
        });
    let mut seven = 7;
    assert_eq!(chain.run(&mut seven), Err(ErrorCode::TokenExpired.into()));
    assert_eq!(seven, 8);
    assert_eq!(chain.run(&mut seven), Ok(()), "it may run again");
}

proptest! {
    #[graded::test]
    fn links_run_in_order_up_to_the_first_that_refuses(
        links in vec(option::weighted(0.2, proptest::sample::select(&CODES[..])), 0..12)
    ) {
        let chain = links
            .iter()
            .enumerate()
            .fold(Chain::new(), |chain, (name, refuses)| chain.link(noting(name, *refuses)));
        let first = links.iter().position(Option::is_some);
        let expected = match first {
            Some(first) => Err(Refusal::from(links[first].expect("it refuses"))),
            None => Ok(()),
        };
        let ran_to = first.map_or(links.len(), |first| first + 1);
        let mut ran = Vec::new();
        prop_assert_eq!(chain.run(&mut ran), expected);
        prop_assert_eq!(ran, (0..ran_to).collect::<Vec<_>>());
    }
}
