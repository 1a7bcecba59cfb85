//! What a server wrote, with a bound on what is kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The share of the bound that belongs to the beginning of a log; a long log's last words are worth keeping as well.
const HEAD_BYTES: usize = 15 << 20;
/// The share that belongs to its end.
const TAIL_BYTES: usize = 1 << 20;
/// A longer line is kept in pieces of this size.
const LINE_BYTES: usize = 1 << 20;

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
    /// When its end was read, or its latest part if it has no end yet.
    pub at: Instant,
    /// Where it was written.
    pub stream: Stream,
    /// Without the line's end; what is not UTF-8 is replaced by U+FFFD.
    pub text: String,
}

impl LogLine {
    /// What keeping it costs. Without the fixed part, empty lines would be free.
    fn cost(&self) -> usize {
        self.text.len() + size_of::<Self>()
    }
}

/// All that a server wrote until now, in the order in which it was read: at most 16 MiB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// A line longer than 1 MiB stands here in pieces.
    pub lines: Vec<LogLine>,
    /// What was over the bound: bytes of whole lines left out, their ends not counted.
    pub dropped_bytes: u64,
    /// The index in `lines` where those bytes are missing.
    pub dropped_before: usize,
}

/// Collects the output of one server.
#[derive(Debug, Clone, Default)]
pub(super) struct LogCollector(Arc<Mutex<Collected>>);

#[derive(Debug, Default)]
struct Collected {
    head: Vec<LogLine>,
    head_bytes: usize,
    tail: VecDeque<LogLine>,
    tail_bytes: usize,
    dropped_bytes: u64,
    /// What has no line end yet, for each stream.
    unfinished: [Unfinished; 2],
}

#[derive(Debug, Default)]
struct Unfinished {
    bytes: Vec<u8>,
    at: Option<Instant>,
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
                Ok(read) => self.locked().push(stream, &buffer[..read]),
            }
        }
    }

    /// What was collected until now; an unfinished line counts as a line.
    pub(super) fn snapshot(&self) -> Log {
        let collected = self.locked();
        let mut lines = collected.head.clone();
        lines.extend(collected.tail.iter().cloned());
        for (stream, unfinished) in [Stream::Out, Stream::Err]
            .into_iter()
            .zip(&collected.unfinished)
        {
            if let Some(at) = unfinished.at {
                let text = decoded(&unfinished.bytes);
                lines.push(LogLine { at, stream, text });
            }
        }
        Log {
            lines,
            dropped_bytes: collected.dropped_bytes,
            dropped_before: collected.head.len(),
        }
    }

    fn locked(&self) -> MutexGuard<'_, Collected> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn push(&mut self, stream: Stream, mut bytes: &[u8]) {
        let at = Instant::now();
        while !bytes.is_empty() {
            let unfinished = &mut self.unfinished[stream as usize];
            let room = LINE_BYTES - unfinished.bytes.len();
            let piece = &bytes[..bytes.len().min(room)];
            if let Some(end) = piece.iter().position(|&byte| byte == b'\n') {
                unfinished.bytes.extend(&piece[..end]);
                bytes = &bytes[end + 1..];
                self.finish(stream, at);
            } else {
                unfinished.bytes.extend(piece);
                unfinished.at = Some(at);
                bytes = &bytes[piece.len()..];
                if unfinished.bytes.len() == LINE_BYTES {
                    self.finish(stream, at);
                }
            }
        }
    }

    fn finish(&mut self, stream: Stream, at: Instant) {
        let unfinished = &mut self.unfinished[stream as usize];
        let text = decoded(&unfinished.bytes);
        unfinished.bytes.clear();
        unfinished.at = None;
        let line = LogLine { at, stream, text };
        let cost = line.cost();
        if self.tail.is_empty() && self.head_bytes + cost <= HEAD_BYTES {
            self.head_bytes += cost;
            self.head.push(line);
            return;
        }
        self.tail_bytes += cost;
        self.tail.push_back(line);
        // The latest line is kept even if it alone is over the bound.
        while self.tail_bytes > TAIL_BYTES && self.tail.len() > 1 {
            if let Some(oldest) = self.tail.pop_front() {
                self.tail_bytes -= oldest.cost();
                self.dropped_bytes += oldest.text.len() as u64;
            }
        }
    }
}

fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    String::from_utf8_lossy(bytes).into_owned()
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

    fn kept(log: &Log) -> usize {
        log.lines.iter().map(LogLine::cost).sum()
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
        let line = [b'x'; 1000];
        let collector = LogCollector::default();
        collector.locked().push(Stream::Out, b"first\n");
        for _ in 0..40_000 {
            collector.locked().push(Stream::Out, &line);
            collector.locked().push(Stream::Out, b"\n");
        }
        collector.locked().push(Stream::Err, b"last\n");
        let log = collector.snapshot();
        assert_eq!(texts(&log)[0], "first");
        assert_eq!(texts(&log)[log.lines.len() - 1], "last");
        assert!(kept(&log) <= HEAD_BYTES + TAIL_BYTES);
        let text: usize = log.lines.iter().map(|line| line.text.len()).sum();
        assert_eq!(text as u64 + log.dropped_bytes, 40_000 * 1000 + 9);
        assert!((1..log.lines.len()).contains(&log.dropped_before));
    }

    #[test]
    fn a_line_without_end_and_lines_without_text_are_bounded_too() {
        for part in [[b'x'; 1 << 16], [b'\n'; 1 << 16]] {
            let collector = LogCollector::default();
            for _ in 0..640 {
                collector.locked().push(Stream::Out, &part);
            }
            let log = collector.snapshot();
            assert!(kept(&log) <= HEAD_BYTES + TAIL_BYTES + 2 * LINE_BYTES);
        }
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
