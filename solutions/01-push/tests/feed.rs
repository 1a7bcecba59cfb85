//! What the page states and its checks leave alone, because it would take too long.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use push_solution::feed::{Feed, Reader};
use push_solution::protocol::{Gap, Item, Post};
use tokio::task::JoinSet;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_readers_of_many_writers_hear_everything_once_and_in_the_same_order() {
    const WRITERS: u64 = 8;
    const EACH: u64 = 250;
    let feed = Arc::new(Feed::new((WRITERS * EACH) as usize));
    let mut readers = JoinSet::new();
    for _ in 0..32 {
        let mut reader = Reader::new(Arc::clone(&feed), 0);
        readers.spawn(async move {
            let mut heard = Vec::new();
            while heard.len() < (WRITERS * EACH) as usize {
                match reader.next().await {
                    Item::Post(post) => heard.push(post),
                    Item::Gap(gap) => panic!("nothing was forgotten: {gap:?}"),
                }
            }
            heard
        });
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let feed = Arc::clone(&feed);
        writers.spawn(async move {
            for n in 0..EACH {
                feed.post(format!("{writer}:{n}"));
                // Else a writer would be done before the next one begins.
                tokio::task::yield_now().await;
            }
        });
    }
    writers.join_all().await;
    let heard = timeout(DEADLINE, readers.join_all()).await;
    let heard = heard.expect("no reader sleeps through a post");
    let all = feed.after(0).expect("nothing was forgotten");
    assert!(all.iter().map(|post| post.id).eq(1..=WRITERS * EACH));
    assert!(heard.iter().all(|posts| *posts == all));
    let mut last: HashMap<&str, u64> = HashMap::new();
    for post in &all {
        let (writer, n) = post.text.split_once(':').expect("as written");
        let n = n.parse().expect("as written");
        let next = last.insert(writer, n).map_or(0, |last| last + 1);
        assert_eq!(n, next, "what one writer posts stays in order");
    }
}

#[tokio::test]
async fn a_reader_that_was_overtaken_is_told_and_goes_on() {
    let feed = Arc::new(Feed::new(2));
    let mut reader = Reader::new(Arc::clone(&feed), 0);
    for n in 1..=3 {
        feed.post(n.to_string());
    }
    let post = |id: u64| {
        Item::Post(Post {
            id,
            text: id.to_string(),
        })
    };
    assert_eq!(reader.next().await, Item::Gap(Gap { after: 1 }));
    assert_eq!(reader.next().await, post(2));
    // What it has been given already it gets, though the feed has forgotten it.
    (4..=7).for_each(|n| {
        feed.post(n.to_string());
    });
    assert_eq!(reader.next().await, post(3));
    assert_eq!(reader.next().await, Item::Gap(Gap { after: 5 }));
    assert_eq!(reader.next().await, post(6));
}

#[tokio::test]
async fn a_post_made_while_nobody_waits_is_no_reason_to_wait() {
    let feed = Feed::new(10);
    feed.post("one".to_owned());
    for cursor in [0, 2, 40] {
        let news = timeout(DEADLINE, feed.news_after(cursor)).await;
        news.expect("there is something to say at once");
    }
    let waiting = timeout(Duration::from_millis(20), feed.news_after(1));
    assert!(waiting.await.is_err(), "there is nothing after 1");
}

#[test]
fn the_feed_keeps_as_many_as_it_is_told_and_no_more() {
    for keep in 1..5_u64 {
        let feed = Feed::new(keep as usize);
        for last in 1..=10_u64 {
            feed.post(last.to_string());
            let forgotten = last.saturating_sub(keep);
            for cursor in 0..=last + 2 {
                let got = feed.after(cursor);
                if (forgotten..=last).contains(&cursor) {
                    let ids = got
                        .expect("all of it is kept")
                        .into_iter()
                        .map(|post| post.id);
                    assert!(
                        ids.eq(cursor + 1..=last),
                        "{keep} kept, {cursor} of {last} seen"
                    );
                } else {
                    assert_eq!(got, Err(Gap { after: forgotten }));
                }
            }
        }
    }
}
