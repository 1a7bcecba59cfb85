//! What the client has to remember: how long to wait, and what is to be sent.

use std::collections::HashSet;
use std::time::Duration;

use lifecycle::backoff::Backoff;
use lifecycle::outbox::{Full, Outbox};
use lifecycle::protocol::ClientMessage;
use proptest::prelude::*;

mod backoff {
    use super::*;

    const BASE: Duration = Duration::from_millis(100);
    const CAP: Duration = Duration::from_millis(700);
    /// So many clients lose their connection in the same instant.
    const CLIENTS: usize = 300;

    /// The wait of each client after so many failures before it, the shortest first.
    fn waits(failures: usize) -> Vec<Duration> {
        let waits = (0..CLIENTS).filter_map(|_| {
            let mut backoff = Backoff::new(BASE, CAP);
            (0..=failures).map(|_| backoff.next_wait()).last()
        });
        let mut waits: Vec<Duration> = waits.collect();
        waits.sort();
        waits
    }

    /// With 300 clients, chance fails this once in 10^13 runs.
    #[track_caller]
    fn spread_up_to(bound: Duration, waits: &[Duration]) {
        let (shortest, longest) = (waits[0], waits[waits.len() - 1]);
        assert!(longest <= bound, "{longest:?} is more than {bound:?}");
        assert!(shortest < bound / 10, "none is shorter than {shortest:?}");
        assert!(longest > bound * 9 / 10, "none is longer than {longest:?}");
    }

    #[graded::test]
    fn the_first_waits_are_spread_from_nothing_to_the_base() {
        spread_up_to(BASE, &waits(0));
    }

    #[graded::test]
    fn the_bound_doubles_with_each_failure() {
        spread_up_to(BASE * 2, &waits(1));
        spread_up_to(BASE * 4, &waits(2));
    }

    #[graded::test]
    fn no_wait_is_longer_than_the_cap_however_often_it_fails() {
        for failures in [3, 31, 32, 63, 64, 200] {
            spread_up_to(CAP, &waits(failures));
        }
    }

    #[graded::test]
    fn success_begins_anew() {
        let waits = (0..CLIENTS).map(|_| {
            let mut backoff = Backoff::new(BASE, CAP);
            (0..5).for_each(|_| {
                backoff.next_wait();
            });
            backoff.reset();
            backoff.next_wait()
        });
        let mut waits: Vec<Duration> = waits.collect();
        waits.sort();
        spread_up_to(BASE, &waits);
    }
}

mod outbox {
    use super::*;

    /// All that can be sent now, as names and contents.
    fn sent(outbox: &mut Outbox) -> Vec<(String, String)> {
        let messages = std::iter::from_fn(|| outbox.next_to_send());
        messages
            .map(|message| match message {
                ClientMessage::SendMessage { client_id, content } => (client_id, content),
                other => panic!("{other:?} is no message to be sent"),
            })
            .collect()
    }

    fn contents(sent: &[(String, String)]) -> Vec<&str> {
        sent.iter().map(|(_, content)| content.as_str()).collect()
    }

    fn filled(contents: &[&str]) -> Outbox {
        let mut outbox = Outbox::new(10);
        for content in contents {
            assert_eq!(outbox.push((*content).to_owned()), Ok(()));
        }
        outbox
    }

    #[graded::test]
    fn messages_are_sent_in_order_and_once() {
        let mut outbox = filled(&["one", "two", "one"]);
        assert_eq!(contents(&sent(&mut outbox)), ["one", "two", "one"]);
        assert_eq!(sent(&mut outbox), []);
    }

    #[graded::test]
    fn each_has_a_name_of_its_own() {
        let names = sent(&mut filled(&["same", "same", "same"]));
        let names: HashSet<String> = names.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 3);
        for name in names {
            assert!((1..=64).contains(&name.chars().count()), "{name:?}");
        }
    }

    #[graded::test]
    fn what_was_not_acknowledged_is_sent_again_under_its_name() {
        let mut outbox = filled(&["one", "two"]);
        let first = sent(&mut outbox);
        outbox.connection_lost();
        assert_eq!(outbox.push("three".to_owned()), Ok(()));
        let again = sent(&mut outbox);
        assert_eq!(contents(&again), ["one", "two", "three"]);
        assert_eq!(again[..2], first);
    }

    #[graded::test]
    fn what_was_acknowledged_is_not() {
        let mut outbox = filled(&["one", "two", "three"]);
        let names = sent(&mut outbox);
        outbox.acknowledge(&names[1].0);
        outbox.acknowledge("a name that nothing has");
        outbox.connection_lost();
        assert_eq!(contents(&sent(&mut outbox)), ["one", "three"]);
        assert_eq!(outbox.len(), 2);
    }

    #[graded::test]
    fn a_full_outbox_takes_nothing_and_loses_nothing() {
        let mut outbox = Outbox::new(2);
        assert!(outbox.is_empty());
        assert_eq!(outbox.push("one".to_owned()), Ok(()));
        assert_eq!(outbox.push("two".to_owned()), Ok(()));
        assert_eq!(outbox.push("three".to_owned()), Err(Full));
        let names = sent(&mut outbox);
        assert_eq!(contents(&names), ["one", "two"]);
        // What was sent still counts: it may have to be sent again.
        assert_eq!(outbox.push("three".to_owned()), Err(Full));
        outbox.acknowledge(&names[0].0);
        assert_eq!(outbox.push("four".to_owned()), Ok(()));
        assert_eq!(contents(&sent(&mut outbox)), ["four"]);
    }

    #[derive(Debug, Clone)]
    enum Event {
        Typed,
        Sends,
        /// The n-th message from the front that is out is acknowledged.
        Acknowledged(usize),
        Lost,
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Typed),
            Just(Event::Sends),
            (0..4_usize).prop_map(Event::Acknowledged),
            Just(Event::Lost),
        ]
    }

    proptest! {
        /// Whatever happens, each connection carries what is not acknowledged in the order in which it
        /// was typed, and once.
        #[graded::test]
        fn nothing_is_lost_doubled_or_overtaken(events in prop::collection::vec(any_event(), 0..60)) {
            let mut outbox = Outbox::new(1000);
            // What waits, and of that how many from the front are out, by this connection.
            let (mut waiting, mut out, mut typed) = (Vec::<(Option<String>, String)>::new(), 0, 0);
            for event in events {
                match event {
                    Event::Typed => {
                        typed += 1;
                        prop_assert_eq!(outbox.push(typed.to_string()), Ok(()));
                        waiting.push((None, typed.to_string()));
                    }
                    Event::Sends => {
                        let messages = sent(&mut outbox);
                        let expected: Vec<&str> =
                            waiting[out..].iter().map(|(_, content)| content.as_str()).collect();
                        prop_assert_eq!(contents(&messages), expected);
                        for (known, (name, _)) in waiting[out..].iter_mut().zip(messages) {
                            prop_assert!(known.0.as_ref().is_none_or(|known| *known == name));
                            known.0 = Some(name);
                        }
                        out = waiting.len();
                    }
                    Event::Acknowledged(index) if index < out => {
                        let (name, _) = waiting.remove(index);
                        outbox.acknowledge(&name.unwrap_or_default());
                        out -= 1;
                    }
                    Event::Acknowledged(_) => {}
                    Event::Lost => {
                        outbox.connection_lost();
                        out = 0;
                    }
                }
                prop_assert_eq!(outbox.len(), waiting.len());
                prop_assert_eq!(outbox.is_empty(), waiting.is_empty());
            }
        }
    }
}
