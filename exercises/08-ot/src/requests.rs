//! Requests for operations, one JSON object a line, so that programs in other languages can drive
//! this crate: `{"method": "apply", "text": "abc", "operation": [1, "x", 2]}` is answered with
//! `{"result": "axbc"}`. The assignment's page has the whole of it.

use std::io::{self, BufRead, Read, Write};

use serde_json::{Map, Value, json};

use crate::compose::compose;
use crate::error::OtError;
use crate::operation::Operation;
use crate::transform::{Bias, transform, transform_cursor};
use crate::wire::{self, NoOperation};

/// No line is longer, in bytes, its end not counted.
pub const MAX_LINE: usize = 16 * 1024 * 1024;

/// Why a request has no result.
#[derive(Debug)]
struct Refusal {
    code: &'static str,
    message: String,
}

/// Answers each line of `input` with one line in `output`, until either ends.
///
/// # Errors
/// When reading or writing fails. What is wrong with a line is no such error: it is in the answer.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while read_line(&mut input, &mut line)? {
        let written = writeln!(output, "{}", answer(&line)).and_then(|()| output.flush());
        match written {
            // Nobody wants to hear more.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

/// Reads a line without its end, and says whether there was one. Of a line that is too long only as
/// much is kept as shows that it is.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let limit = u64::try_from(MAX_LINE + 2).unwrap_or(u64::MAX);
    if input.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    let mut ended = line.ends_with(b"\n");
    while !ended {
        let more = input.fill_buf()?;
        let end = more.iter().position(|byte| *byte == b'\n');
        ended = end.is_some() || more.is_empty();
        let passed = end.map_or(more.len(), |end| end + 1);
        input.consume(passed);
    }
    if line.ends_with(b"\n") {
        line.pop();
    }
    Ok(true)
}

/// The answer to one line, whatever it holds.
pub fn answer(line: &[u8]) -> Value {
    let request = if line.len() > MAX_LINE {
        let message = format!("a line has at most {MAX_LINE} bytes");
        return json!({ "error": { "code": "line-too-long", "message": message } });
    } else {
        serde_json::from_slice::<Map<String, Value>>(line)
    };
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            let message = format!("expected a JSON object: {error}");
            return json!({ "error": { "code": "invalid-request", "message": message } });
        }
    };
    let mut answer = Map::new();
    if let Some(id) = request.get("id") {
        answer.insert("id".to_owned(), id.clone());
    }
    match result(&request) {
        Ok(result) => answer.insert("result".to_owned(), result),
        Err(Refusal { code, message }) => {
            let error = json!({ "code": code, "message": message });
            answer.insert("error".to_owned(), error)
        }
    };
    answer.into()
}

fn result(request: &Map<String, Value>) -> Result<Value, Refusal> {
    let method = request.get("method").and_then(Value::as_str);
    match method.unwrap_or_default() {
        "apply" => Ok(operation(request, "operation")?
            .apply(text(request)?)?
            .into()),
        "invert" => Ok(json!(
            operation(request, "operation")?.invert(text(request)?)?
        )),
        "compose" => Ok(json!(compose(
            &operation(request, "a")?,
            &operation(request, "b")?
        )?)),
        "transform" => Ok(json!(transform(
            &operation(request, "a")?,
            &operation(request, "b")?
        )?)),
        "transform-cursor" => Ok(transform_cursor(
            cursor(request)?,
            &operation(request, "operation")?,
            bias(request)?,
        )?
        .into()),
        _ => Err(Refusal {
            code: "unknown-method",
            message:
                "`method` is one of `apply`, `compose`, `transform`, `invert`, `transform-cursor`"
                    .to_owned(),
        }),
    }
}

fn operation(request: &Map<String, Value>, name: &str) -> Result<Operation, Refusal> {
    let value = request.get(name).unwrap_or(&Value::Null);
    wire::operation(value).map_err(|problem| match problem {
        NoOperation::Length(error) => error.into(),
        problem => Refusal {
            code: "invalid-operation",
            message: format!("`{name}`: {problem}"),
        },
    })
}

fn text(request: &Map<String, Value>) -> Result<&str, Refusal> {
    let text = request.get("text").and_then(Value::as_str);
    text.ok_or_else(|| Refusal {
        code: "invalid-text",
        message: "`text` is a string".to_owned(),
    })
}

fn cursor(request: &Map<String, Value>) -> Result<u64, Refusal> {
    let cursor = request.get("cursor").and_then(Value::as_u64);
    cursor.ok_or_else(|| Refusal {
        code: "invalid-cursor",
        message: "`cursor` is a whole number, at least 0".to_owned(),
    })
}

fn bias(request: &Map<String, Value>) -> Result<Bias, Refusal> {
    match request.get("bias").and_then(Value::as_str) {
        Some("left") => Ok(Bias::Left),
        Some("right") => Ok(Bias::Right),
        _ => Err(Refusal {
            code: "invalid-bias",
            message: "`bias` is \"left\" or \"right\"".to_owned(),
        }),
    }
}

impl From<OtError> for Refusal {
    fn from(error: OtError) -> Self {
        let code = match error {
            OtError::TooLong => "too-long",
            _ => "does-not-fit",
        };
        Self {
            code,
            message: error.to_string(),
        }
    }
}
