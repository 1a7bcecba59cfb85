//! What delivering messages costs a client, in requests and bytes.

use super::player::{Played, Player};
use super::state::Frame;
use super::transcript::{Failure, FailureKind, Measured};
use crate::notation::ast::{Line, Measure};

impl Player<'_> {
    pub(super) async fn measure(
        &self,
        line: &Line,
        measure: &Measure,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let meter = self.meter(&measure.client.node);
        let before = meter.read();
        self.play_block(&measure.body, frame).await?;
        let measured = Measured {
            name: measure.name.node.clone(),
            client: measure.client.node.clone(),
            messages: measure.messages,
            cost: meter.read().since(before),
        };
        if let Some(at_most) = measure.at_most
            && measured.cost.bytes() > u64::from(at_most) * u64::from(measure.messages)
        {
            let because = format!(
                "a message costs {:.0} bytes, {:.0} sent and {:.0} received; at most {at_most} are right",
                measured.per_message(measured.cost.bytes()),
                measured.per_message(measured.cost.sent),
                measured.per_message(measured.cost.received),
            );
            let failure = Failure::new(FailureKind::TooCostly, because);
            return Err(self.fail(exchange, failure));
        }
        self.note_cost(measured, frame);
        Ok(())
    }
}

impl Measured {
    /// The share of one message in a count for all of them.
    pub fn per_message(&self, count: u64) -> f64 {
        count as f64 / f64::from(self.messages)
    }
}
