//! What is said of mistakes in lines that only some pages have.

use super::errors::explain;

#[test]
fn client_pages() {
    assert_drawn!(
        "errors_client_pages",
        explain(&[
            "server",
            "server connects /ws",
            "server accepts /ws",
            "server listens /feed",
            "server asks GET /feed",
            "server is answered 200",
            "server is away",
            "server is",
            "server 2 is killed",
            "server GET /api",
            "server <- GET",
            "server <- GET /a frame ping",
            "server => 101",
            "server => ok",
            "server => 200 frame ping",
            "sever accepts",
            "sever is up",
            "cleint types \"x\"",
            "nothin connects for 1s",
            "nothing comes",
            "nothing connects",
            "client",
            "client -> {}",
            "client types",
            "client types 7",
            "client prints welcome",
            "client prints //",
            "client exits",
            "client exits 256",
        ])
    );
}

#[test]
fn requests_under_way() {
    assert_drawn!(
        "errors_requests_under_way",
        explain(&[
            "alice asks",
            "alice asks /feed",
            "alice asks get /feed",
            "alice asks GTE /feed",
            "alice asks GET feed",
            "alice asks GET /feed => 200",
            "alice asks GET /feed within 2s",
            "alice asks GET /feed {\"a\": 1}",
            "alice is answered",
            "alice is answered {\"a\": 1}",
            "alice is answered => 200",
            "alice is answered 200 within",
            "alice is answered 200 exactly once",
            "alice is not",
            "alice is not answered",
            "alice is not answered while\n  bob drops",
            "alice is not answered while:",
            "alice is not answered within 2s",
        ])
    );
}

#[test]
fn events_and_what_they_cost() {
    assert_drawn!(
        "errors_events_and_what_they_cost",
        explain(&[
            "alice listens",
            "alice listens events",
            "alice listens /events within 2s",
            "alice <- event id",
            "alice <- event id 3",
            "alice <- event 3 id \"3\"",
            "alice <- event \"post\" bytes hex \"ff\"",
            "alice <- event \"post\" event \"post\"",
            "alice <- event \"post\" {\"a\": 1} id \"3\"",
            "measure",
            "measure alice",
            "measure \"\" of alice with 2 messages:\n  alice drops",
            "measure \"${x}\" of alice with 2 messages:\n  alice drops",
            "measure \"x\" of with 2 messages:\n  alice drops",
            "measure \"x\" of Alice with 2 messages:\n  alice drops",
            "measure \"x\" of alice:\n  alice drops",
            "measure \"x\" of alice with 0 messages:\n  alice drops",
            "measure \"x\" of alice with 1.5 messages:\n  alice drops",
            "measure \"x\" of alice with 2 messages\n  alice drops",
            "measure \"x\" of alice with 2 messages at most 2KiB each:\n  alice drops",
            "measure \"x\" of alice with 2 messages at most bytes each:\n  alice drops",
            "measure \"x\" of alice with 2 messages:",
        ])
    );
}
