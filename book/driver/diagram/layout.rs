//! Where the lanes of a diagram stand: as close together as their labels allow.

use super::steps::{Diagram, Step};

/// Of one character of a label, in user units. The font is a monospaced one of 12 units.
const CHARACTER: f32 = 7.3;
/// Between the edges of a label and the lanes beside it.
const LABEL_MARGIN: f32 = 30.0;
const LEAST_GAP: f32 = 120.0;
const HEADER_PADDING: f32 = 22.0;
/// Between nested frames.
pub(super) const FRAME_INSET: f32 = 8.0;
const EDGE: f32 = 8.0;

/// Horizontal positions, in user units.
#[derive(Debug)]
pub(super) struct Layout {
    /// The centre of each client's lane, in order of appearance.
    pub(super) clients: Vec<f32>,
    /// The centre of the server's lane.
    pub(super) server: f32,
    /// Of the whole diagram.
    pub(super) width: f32,
}

impl Layout {
    /// Finds room for every label.
    pub(super) fn of(diagram: &Diagram) -> Self {
        let server_lane = (diagram.clients.len() / 2).max(1);
        // By name, so that a client stands in the same place from one diagram to the next.
        let mut by_name: Vec<usize> = (0..diagram.clients.len()).collect();
        by_name.sort_by_key(|client| &diagram.clients[*client]);
        let mut lane_of = vec![0; by_name.len()];
        for (place, client) in by_name.iter().enumerate() {
            lane_of[*client] = if place < server_lane {
                place
            } else {
                place + 1
            };
        }

        let mut headers: Vec<f32> = by_name
            .iter()
            .map(|client| header_width(&diagram.clients[*client].to_string()))
            .collect();
        headers.insert(server_lane, header_width(SERVER));
        let mut gaps: Vec<f32> = headers
            .windows(2)
            .map(|pair| (pair.iter().sum::<f32>() / 2.0 + LABEL_MARGIN).max(LEAST_GAP))
            .collect();

        // Labels between neighbours first: what they need is not asked for again by labels that span several lanes.
        let mut wanted: Vec<(usize, usize, f32)> = Vec::new();
        for step in &diagram.steps {
            let (client, label) = match step {
                Step::Arrow(arrow) => (
                    arrow.client,
                    text_width(&arrow.label).max(text_width(&arrow.condition)),
                ),
                Step::Mark { client, text, .. } => (*client, text_width(text)),
                _ => continue,
            };
            let client = lane_of[client];
            wanted.push((
                client.min(server_lane),
                client.max(server_lane),
                label + LABEL_MARGIN,
            ));
        }
        wanted.sort_by_key(|(from, to, _)| to - from);
        for (from, to, width) in wanted {
            let missing = width - gaps[from..to].iter().sum::<f32>();
            if missing > 0.0 {
                let share = missing / (to - from) as f32;
                gaps[from..to].iter_mut().for_each(|gap| *gap += share);
            }
        }

        let frames = FRAME_INSET * (1 + deepest_frame(diagram)) as f32;
        let first = EDGE + frames + headers.first().copied().unwrap_or_default() / 2.0;
        let mut lanes = vec![first];
        for gap in gaps {
            lanes.push(lanes[lanes.len() - 1] + gap);
        }
        let last = lanes[lanes.len() - 1]
            + headers.last().copied().unwrap_or_default() / 2.0
            + frames
            + EDGE;
        let across =
            diagram.steps.iter().map(width_across).fold(0.0, f32::max) + 2.0 * (EDGE + frames);
        Self {
            clients: lane_of.iter().map(|lane| lanes[*lane]).collect(),
            server: lanes[server_lane],
            width: last.max(across).ceil(),
        }
    }
}

/// What stands above the server's lane.
pub(super) const SERVER: &str = "server";

/// Of the box with a lane's name.
pub(super) fn header_width(name: &str) -> f32 {
    text_width(name) + HEADER_PADDING
}

/// Of a label.
pub(super) fn text_width(text: &str) -> f32 {
    text.chars().count() as f32 * CHARACTER
}

/// What a step needs that belongs to no lane.
fn width_across(step: &Step) -> f32 {
    match step {
        Step::Note { text, .. } | Step::Wait { text, .. } => text_width(text),
        Step::Open { label, .. } => text_width(label) + HEADER_PADDING,
        Step::Arrow(_) | Step::Mark { .. } | Step::Close => 0.0,
    }
}

fn deepest_frame(diagram: &Diagram) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for step in &diagram.steps {
        match step {
            Step::Open { .. } => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            Step::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
