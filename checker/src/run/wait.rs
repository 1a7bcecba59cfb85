//! `wait`: the only line that lets time pass.

use std::time::{Duration, Instant};

use super::player::{Played, Player};
use super::state::Frame;
use super::values;
use crate::notation::ast::{DurationSource, Line};

impl Player<'_> {
    pub(super) async fn wait(
        &self,
        line: &Line,
        duration: &DurationSource,
        frame: &mut Frame<'_>,
    ) -> Played {
        let time = match duration {
            DurationSource::Literal(duration) => (*duration).into(),
            DurationSource::Variable(variable) => {
                let held = values::milliseconds(variable, &self.state().bindings)?;
                Duration::from_millis(held)
            }
        };
        let exchange = self.begin(line, frame);
        tokio::time::sleep(time).await;
        self.done(exchange, frame, Instant::now());
        Ok(())
    }
}
