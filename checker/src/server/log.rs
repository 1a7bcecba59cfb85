//! What a server wrote, with a bound on what is kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::watch;

/// The share of the bound that belongs to the beginning of a log; a long log's last words are worth keeping as well.
const HEAD_BYTES: usize = 15 << 20;
/// The share that belongs to its end.
const TAIL_BYTES: usize = 1 << 20;

/// Which of its two outputs a server wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When its end was read, or its latest part if it has no end.
    pub at: Instant,
    /// Where it was written.
    pub stream: Stream,
    /// Without the line's end; what is not UTF-8 is replaced by U+FFFD.
    pub text: String,
}

/// All that a server wrote until now, in the order in which it was read: at most 16 MiB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// A line that the bound cuts in two stands here as two.
    pub lines: Vec<LogLine>,
    /// The number of bytes that were over the bound and are left out.
    pub dropped_bytes: u64,
    /// The index in `lines` where they are missing.
    pub dropped_before: usize,
}

/// Collects the output of one server.
#[derive(Debug, Clone, Default)]
pub(super) struct LogCollector(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    collected: Mutex<Collected>,
    /// How often something was read.
    reads: watch::Sender<u64>,
}

/// Kept as it was read: to look for lines in a flood would cost more than the flood.
#[derive(Debug, Default)]
struct Collected {
    head: Vec<Chunk>,
    head_cost: usize,
    tail: VecDeque<Chunk>,
    tail_cost: usize,
    dropped_bytes: u64,
}

/// What one read brought.
#[derive(Debug)]
struct Chunk {
    at: Instant,
    stream: Stream,
    bytes: Box<[u8]>,
}

impl LogCollector {
    /// Reads one of the outputs until every process that holds it is gone.
    ///
    /// It never stops reading: a full pipe would stop the server, and the grader would take it for a server that hangs.
    pub(super) async fn read(self, mut from: impl AsyncRead + Unpin, stream: Stream) {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match from.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(read) => {
                    self.locked().push(stream, &buffer[..read]);
                    self.0.reads.send_modify(|reads| *reads += 1);
                }
            }
        }
    }

    /// What was collected until now; a line without an end counts as a line.
    pub(super) fn snapshot(&self) -> Log {
        let collected = self.locked();
        let mut lines = LineAssembler::default();
        collected.head.iter().for_each(|chunk| lines.add(chunk));
        if collected.dropped_bytes > 0 {
            lines.end_all();
        }
        let dropped_before = lines.finished.len();
        collected.tail.iter().for_each(|chunk| lines.add(chunk));
        lines.end_all();
        Log {
            lines: lines.finished,
            dropped_bytes: collected.dropped_bytes,
            dropped_before,
        }
    }

    /// How often something was read: for [`Self::grown_since`].
    pub(super) fn version(&self) -> u64 {
        *self.0.reads.borrow()
    }

    /// Returns as soon as something was read after that.
    pub(super) async fn grown_since(&self, version: u64) {
        let mut reads = self.0.reads.subscribe();
        // An error would mean that the sender is gone, but `self` holds it.
        let _ = reads.wait_for(|&now| now > version).await;
    }

    fn locked(&self) -> MutexGuard<'_, Collected> {
        self.0
            .collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn push(&mut self, stream: Stream, bytes: &[u8]) {
        let chunk = Chunk {
            at: Instant::now(),
            stream,
            bytes: bytes.into(),
        };
        if self.tail.is_empty() {
            // Each line costs something however short it is.
            let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
            let cost = chunk.cost() + lines * size_of::<LogLine>();
            if self.head_cost + cost <= HEAD_BYTES {
                self.head_cost += cost;
                self.head.push(chunk);
                return;
            }
        }
        self.tail_cost += chunk.cost();
        self.tail.push_back(chunk);
        while self.tail_cost > TAIL_BYTES
            && let Some(oldest) = self.tail.pop_front()
        {
            self.tail_cost -= oldest.cost();
            self.dropped_bytes += oldest.bytes.len() as u64;
        }
    }
}

impl Chunk {
    fn cost(&self) -> usize {
        self.bytes.len() + size_of::<Self>()
    }
}

/// Puts the lines of the two streams together out of chunks.
#[derive(Default)]
struct LineAssembler {
    finished: Vec<LogLine>,
    /// What has no line end yet, for each stream, and when its latest part came.
    unfinished: [Option<(Instant, Vec<u8>)>; 2],
}

impl LineAssembler {
    fn add(&mut self, chunk: &Chunk) {
        for part in chunk.bytes.split_inclusive(|&byte| byte == b'\n') {
            let (at, line) = self.unfinished[chunk.stream as usize]
                .get_or_insert_with(|| (chunk.at, Vec::new()));
            *at = chunk.at;
            line.extend(part);
            if part.ends_with(b"\n") {
                self.end(chunk.stream);
            }
        }
    }

    fn end(&mut self, stream: Stream) {
        if let Some((at, line)) = self.unfinished[stream as usize].take() {
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let text = String::from_utf8_lossy(line).into_owned();
            self.finished.push(LogLine { at, stream, text });
        }
    }

    fn end_all(&mut self) {
        self.end(Stream::Out);
        self.end(Stream::Err);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn log_of(parts: &[(Stream, &[u8])]) -> Log {
        let collector = LogCollector::default();
        for (stream, bytes) in parts {
            collector.locked().push(*stream, bytes);
        }
        collector.snapshot()
    }

    fn texts(log: &Log) -> Vec<&str> {
        log.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_of_two_streams_do_not_mix() {
        let log = log_of(&[
            (Stream::Out, b"one, "),
            (Stream::Err, b"three\n"),
            (Stream::Out, b"two\r\n\nfo"),
            (Stream::Out, b"ur"),
        ]);
        assert_eq!(texts(&log), ["three", "one, two", "", "four"]);
        assert_eq!(log.lines[0].stream, Stream::Err);
        assert_eq!(log.dropped_bytes, 0);
    }

    #[test]
    fn what_is_not_utf_8_is_replaced() {
        let log = log_of(&[(Stream::Out, b"a\xff\xfeb\n")]);
        assert_eq!(texts(&log), ["a\u{fffd}\u{fffd}b"]);
    }

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let line = [&[b'x'; 999], b"\n".as_slice()].concat();
        let collector = LogCollector::default();
        collector.locked().push(Stream::Out, b"first\n");
        for _ in 0..40_000 {
            collector.locked().push(Stream::Out, &line);
        }
        collector.locked().push(Stream::Err, b"last\n");
        let log = collector.snapshot();
        assert_eq!(texts(&log)[0], "first");
        assert_eq!(texts(&log)[log.lines.len() - 1], "last");
        let kept: usize = log.lines.iter().map(|line| line.text.len() + 1).sum();
        assert!(kept <= HEAD_BYTES + TAIL_BYTES);
        assert_eq!(kept as u64 + log.dropped_bytes, 40_000 * 1000 + 11);
        let tail = &log.lines[log.dropped_before..];
        let kept_of_tail: usize = tail.iter().map(|line| line.text.len() + 1).sum();
        assert!(
            (TAIL_BYTES - 100_000..=TAIL_BYTES).contains(&kept_of_tail),
            "{kept_of_tail}"
        );
    }

    #[test]
    fn a_flood_of_empty_lines_is_bounded_too() {
        let collector = LogCollector::default();
        for _ in 0..640 {
            collector.locked().push(Stream::Out, &[b'\n'; 1 << 16]);
        }
        let log = collector.snapshot();
        assert!(log.lines.len() < 2 << 20, "{}", log.lines.len());
        assert_eq!(log.lines.len() as u64 + log.dropped_bytes, 640 << 16);
    }

    proptest! {
        #[test]
        fn where_the_reads_fall_makes_no_difference(text in "[a-z\\n]{0,60}", cuts in prop::collection::vec(0..60usize, 0..6)) {
            let collector = LogCollector::default();
            let mut rest = text.as_bytes();
            for cut in cuts {
                let (part, after) = rest.split_at(cut.min(rest.len()));
                collector.locked().push(Stream::Out, part);
                rest = after;
            }
            collector.locked().push(Stream::Out, rest);
            let log = collector.snapshot();
            prop_assert_eq!(texts(&log), text.lines().collect::<Vec<_>>());
        }
    }
}
