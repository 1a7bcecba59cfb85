//! Lines with a block: `for` and `together`.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::future::join_all;

use super::outgoing::bytes_of;
use super::player::{Played, Player, Stop};
use super::state::Frame;
use super::{show, values};
use crate::notation::ast::{ClientName, For, Line, List, ListItem, Script, Template, TemplateNode};
use crate::notation::value::{Bindings, Value};

impl Player<'_> {
    /// The lines of a block, one after the other.
    pub(super) async fn play_block(&self, block: &Script, frame: &mut Frame<'_>) -> Played {
        frame.deepen();
        let result = self.play(block, frame).await;
        frame.depth -= 1;
        result
    }

    /// The block again for each item of the list.
    pub(super) async fn play_for(
        &self,
        line: &Line,
        statement: &For,
        frame: &mut Frame<'_>,
    ) -> Played {
        let anchor = frame.last_event;
        for (turn, item) in self.items(&statement.list)?.into_iter().enumerate() {
            let outside: Vec<String> = {
                let mut state = self.state();
                let name = statement.variable.node.clone();
                state.bindings.insert(name, item);
                state.bindings.keys().cloned().collect()
            };
            let head = self.begin(line, frame);
            {
                let mut state = self.state();
                let text = format!(
                    "for ${} = {}:",
                    statement.variable.node,
                    show::value(&state.bindings[&statement.variable.node])
                );
                state.exchange(head).text = text;
            }
            frame.turns.push(turn);
            let result = self.play_block(&statement.body, frame).await;
            frame.turns.pop();
            result?;
            self.state()
                .bindings
                .retain(|name, _| outside.contains(name));
        }
        self.state().bindings.remove(&statement.variable.node);
        match &statement.within {
            None => Ok(()),
            Some(within) => {
                let exchange = self.begin(line, frame);
                let took = frame.last_event.saturating_duration_since(anchor);
                self.judge_bounds(exchange, within, anchor, frame.last_event)?;
                self.state().exchange(exchange).took = Some(took);
                Ok(())
            }
        }
    }

    /// The values that a `for` runs through.
    fn items(&self, list: &List) -> Result<Vec<Value>, Stop> {
        let state = self.state();
        match list {
            List::Range { from, to } => Ok((*from..=*to).map(|n| Value::Json(n.into())).collect()),
            List::Values(items) => items
                .iter()
                .map(|item| match &item.node {
                    ListItem::Hex(bytes) => Ok(Value::Bytes(Bytes::copy_from_slice(bytes))),
                    ListItem::Json(template) => list_item(template, &state.bindings),
                })
                .collect(),
            List::Chunks { source, size } => {
                let bytes = bytes_of(source, &state.bindings)?;
                let size = usize::try_from(size.bytes()).unwrap_or(usize::MAX).max(1);
                Ok((0..bytes.len())
                    .step_by(size)
                    .map(|at| {
                        Value::Bytes(bytes.slice(at..bytes.len().min(at.saturating_add(size))))
                    })
                    .collect())
            }
        }
    }

    /// Each client's lines in order, the clients side by side. Boxed like [`Self::play`].
    pub(super) fn play_together<'s>(
        &'s self,
        line: &'s Line,
        block: &'s Script,
        frame: &'s mut Frame<'_>,
    ) -> Pin<Box<dyn Future<Output = Played> + Send + 's>> {
        Box::pin(self.play_lanes(line, block, frame))
    }

    async fn play_lanes(&self, line: &Line, block: &Script, frame: &mut Frame<'_>) -> Played {
        self.begin(line, frame);
        let mut lanes: Vec<(Option<&ClientName>, Vec<&Line>)> = Vec::new();
        for line in &block.lines {
            let client = line.statement.client().map(|client| &client.node);
            match lanes.iter_mut().find(|(who, _)| *who == client) {
                Some((_, lines)) => lines.push(line),
                None => lanes.push((client, vec![line])),
            }
        }
        frame.depth += 1;
        let lanes = lanes.into_iter().map(|(_, lines)| {
            let mut frame = frame.clone();
            async move {
                for line in lines {
                    self.play_line(line, &mut frame).await?;
                }
                Ok::<_, Stop>(frame.last_event)
            }
        });
        let results = join_all(lanes).await;
        frame.depth -= 1;
        for result in results {
            frame.last_event = frame.last_event.max(result?);
        }
        Ok(())
    }
}

/// A JSON item of a list; a lone variable may also hold bytes.
fn list_item(template: &Template, bindings: &Bindings) -> Result<Value, Stop> {
    if let TemplateNode::Variable(variable) = &template.node
        && let Some(value) = bindings.get(&variable.node)
    {
        return Ok(value.clone());
    }
    Ok(Value::Json(values::template(template, bindings)?))
}
