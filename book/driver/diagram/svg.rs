//! Draws a diagram from top to bottom.

use std::fmt::Write as _;

use super::layout::{FRAME_INSET, Layout, SERVER, header_width, text_width};
use super::steps::{Arrow, Connection, Diagram, Direction, Step, Style};
use crate::html::{escape, push_escaped};

const HEADER_HEIGHT: f32 = 26.0;
const ARROW_HEIGHT: f32 = 32.0;
const CONDITION_HEIGHT: f32 = 13.0;
const NOTE_HEIGHT: f32 = 22.0;
const WAIT_HEIGHT: f32 = 34.0;
const FRAME_HEAD: f32 = 24.0;
const FRAME_FOOT: f32 = 10.0;
const HEAD_LENGTH: f32 = 8.0;
const HEAD_HALF_WIDTH: f32 = 4.0;
const CROSS: f32 = 5.0;
/// From a lane to the cross of a line that does not arrive.
const BROKEN_LENGTH: f32 = 20.0;

/// As an `svg` element on one line.
pub(super) fn render(diagram: &Diagram) -> String {
    let layout = Layout::of(diagram);
    let mut pen = Pen {
        layout: &layout,
        connected_since: vec![None; diagram.clients.len()],
        y: HEADER_HEIGHT + 10.0,
        body: String::new(),
        connections: String::new(),
        frames: String::new(),
        open_frames: Vec::new(),
    };
    for (client, since) in pen.connected_since.iter_mut().enumerate() {
        if is_connected_from_the_start(client, diagram) {
            *since = Some(HEADER_HEIGHT);
        }
    }
    for step in &diagram.steps {
        pen.step(step);
    }
    let bottom = pen.y + 6.0;
    for client in 0..diagram.clients.len() {
        pen.end_connection(client, bottom);
    }
    assemble(diagram, &layout, &pen, bottom)
}

fn assemble(diagram: &Diagram, layout: &Layout, pen: &Pen<'_>, bottom: f32) -> String {
    let width = layout.width;
    let height = (bottom + 4.0).ceil();
    let mut names: Vec<_> = diagram.clients.iter().map(ToString::to_string).collect();
    let title = format!("Sequence diagram of {} and the server", names.join(", "));
    let mut svg = format!(
        "<svg class=\"sequence\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\"><title>{}</title>\
         <desc>It shows what the transcript above it says.</desc>",
        escape(&title)
    );
    names.push(SERVER.to_owned());
    let lanes: Vec<f32> = layout
        .clients
        .iter()
        .copied()
        .chain([layout.server])
        .collect();
    for x in &lanes {
        let _ = write!(
            svg,
            "<path class=\"lane\" d=\"M{x:.1} {HEADER_HEIGHT:.1}V{bottom:.1}\"/>"
        );
    }
    svg.push_str(&pen.connections);
    svg.push_str(&pen.frames);
    for (name, x) in names.iter().zip(&lanes) {
        let header = header_width(name);
        let kind = if name == SERVER {
            "header server"
        } else {
            "header"
        };
        let _ = write!(
            svg,
            "<rect class=\"{kind}\" x=\"{:.1}\" y=\"1\" width=\"{header:.1}\" height=\"{:.1}\" rx=\"4\"/>\
             <text class=\"name\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            x - header / 2.0,
            HEADER_HEIGHT - 1.0,
            HEADER_HEIGHT / 2.0 + 4.5,
            escape(name)
        );
    }
    svg.push_str(&pen.body);
    svg.push_str("</svg>");
    svg
}

/// Its lines begin with something that only an open connection can do.
fn is_connected_from_the_start(client: usize, diagram: &Diagram) -> bool {
    let first = diagram.steps.iter().find_map(|step| match step {
        Step::Arrow(arrow) if arrow.client == client && arrow.needs_connection() => Some(true),
        Step::Arrow(arrow)
            if arrow.client == client && arrow.change == Some(Connection::Opened) =>
        {
            Some(false)
        }
        Step::Mark { client: marked, .. } if *marked == client => Some(true),
        _ => None,
    });
    first == Some(true)
}

struct Pen<'a> {
    layout: &'a Layout,
    /// Where each client's connection began, while it is open.
    connected_since: Vec<Option<f32>>,
    y: f32,
    body: String,
    /// Under all else.
    connections: String,
    /// Under arrows, over lanes.
    frames: String,
    /// Where each began, and its label and title.
    open_frames: Vec<f32>,
}

impl Pen<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Arrow(arrow) => self.arrow(arrow),
            Step::Mark {
                client,
                text,
                full_text,
            } => self.mark(*client, text, full_text),
            Step::Note { text, full_text } => {
                self.text_across("note", text, full_text, NOTE_HEIGHT);
            }
            Step::Wait { text, full_text } => {
                let (left, right) = self.edges();
                // It covers the lanes: what happens meanwhile is not shown.
                let _ = write!(
                    self.body,
                    "<rect class=\"gap\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    self.y + 6.0,
                    right - left,
                    WAIT_HEIGHT - 10.0
                );
                self.y += 4.0;
                self.text_across("note wait", text, full_text, WAIT_HEIGHT - 4.0);
            }
            Step::Open { label, full_text } => self.open_frame(label, full_text),
            Step::Close => self.close_frame(),
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        let client = self.layout.clients[arrow.client];
        let server = self.layout.server;
        let (from, to) = match arrow.direction {
            Direction::ToServer => (client, server),
            Direction::ToClient => (server, client),
        };
        let line = self.y + ARROW_HEIGHT - 8.0;
        let middle = match arrow.style {
            // Beside the cross, which stands close to where the line begins.
            Style::Broken => {
                from + (to - from).signum()
                    * (BROKEN_LENGTH + CROSS + text_width(&arrow.label) / 2.0 + 6.0)
            }
            _ => (from + to) / 2.0,
        };
        let baseline = match arrow.style {
            Style::Broken => line + 4.0,
            _ => line - 7.0,
        };

        let _ = write!(self.body, "<g class=\"{}\"><title>", arrow.class());
        push_escaped(&mut self.body, &arrow.full_text);
        self.body.push_str("</title>");
        self.line(arrow, from, to, line);
        let _ = write!(
            self.body,
            "<text class=\"label\" x=\"{middle:.1}\" y=\"{baseline:.1}\">"
        );
        push_escaped(&mut self.body, &arrow.label);
        self.body.push_str("</text>");
        self.y += ARROW_HEIGHT;
        if !arrow.condition.is_empty() {
            let _ = write!(
                self.body,
                "<text class=\"condition\" x=\"{middle:.1}\" y=\"{:.1}\">",
                line + 14.0
            );
            push_escaped(&mut self.body, &arrow.condition);
            self.body.push_str("</text>");
            self.y += CONDITION_HEIGHT;
        }
        self.body.push_str("</g>");

        match arrow.change {
            Some(Connection::Opened) => {
                self.connected_since[arrow.client].get_or_insert(line);
            }
            Some(Connection::Ended) => self.end_connection(arrow.client, line),
            None => {}
        }
    }

    fn line(&mut self, arrow: &Arrow, from: f32, to: f32, y: f32) {
        let forward = if to > from { 1.0 } else { -1.0 };
        // What never arrives ends half-way, in a cross.
        let arrives = !matches!(arrow.style, Style::Forbidden | Style::Broken);
        if arrives {
            let back = to - forward * HEAD_LENGTH;
            let _ = write!(
                self.body,
                "<path class=\"line\" d=\"M{from:.1} {y:.1}H{back:.1}\"/>\
                 <path class=\"head\" d=\"M{to:.1} {y:.1}L{back:.1} {:.1}V{:.1}Z\"/>",
                y - HEAD_HALF_WIDTH,
                y + HEAD_HALF_WIDTH
            );
        } else {
            let end = match arrow.style {
                Style::Forbidden => to - forward * BROKEN_LENGTH,
                _ => from + forward * BROKEN_LENGTH,
            };
            let _ = write!(
                self.body,
                "<path class=\"line\" d=\"M{from:.1} {y:.1}H{end:.1}\"/>\
                 <path class=\"cross\" d=\"M{:.1} {:.1}l{2:.1} {2:.1}m0 -{2:.1}l-{2:.1} {2:.1}\"/>",
                end - CROSS,
                y - CROSS,
                2.0 * CROSS
            );
        }
    }

    /// Text beside a lane, towards the server.
    fn mark(&mut self, client: usize, text: &str, full_text: &str) {
        let lane = self.layout.clients[client];
        let (anchor, x) = if lane < self.layout.server {
            ("start", lane + 10.0)
        } else {
            ("end", lane - 10.0)
        };
        let y = self.y + NOTE_HEIGHT / 2.0;
        let _ = write!(self.body, "<g class=\"mark\"><title>");
        push_escaped(&mut self.body, full_text);
        let _ = write!(
            self.body,
            "</title><circle cx=\"{lane:.1}\" cy=\"{y:.1}\" r=\"4\"/>\
             <text class=\"label\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{:.1}\">",
            y + 4.0
        );
        push_escaped(&mut self.body, text);
        self.body.push_str("</text></g>");
        self.y += NOTE_HEIGHT;
    }

    fn text_across(&mut self, class: &str, text: &str, full_text: &str, height: f32) {
        let (left, right) = self.edges();
        let _ = write!(self.body, "<g class=\"{class}\"><title>");
        push_escaped(&mut self.body, full_text);
        let _ = write!(
            self.body,
            "</title><text x=\"{:.1}\" y=\"{:.1}\">",
            (left + right) / 2.0,
            self.y + height / 2.0 + 4.0
        );
        push_escaped(&mut self.body, text);
        self.body.push_str("</text></g>");
        self.y += height;
    }

    fn open_frame(&mut self, label: &str, full_text: &str) {
        self.y += 6.0;
        self.open_frames.push(self.y);
        let (left, _) = self.edges();
        let tab = text_width(label) + 14.0;
        let _ = write!(self.body, "<g class=\"frame-label\"><title>");
        push_escaped(&mut self.body, full_text);
        let _ = write!(
            self.body,
            "</title><path d=\"M{left:.1} {:.1}h{tab:.1}v12l-6 6h-{:.1}z\"/><text x=\"{:.1}\" y=\"{:.1}\">",
            self.y,
            tab - 6.0,
            left + 6.0,
            self.y + 13.0
        );
        push_escaped(&mut self.body, label);
        self.body.push_str("</text></g>");
        self.y += FRAME_HEAD - 6.0;
    }

    fn close_frame(&mut self) {
        let (left, right) = self.edges();
        self.y += FRAME_FOOT;
        if let Some(top) = self.open_frames.pop() {
            let _ = write!(
                self.frames,
                "<rect class=\"frame\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\"/>",
                right - left,
                self.y - top
            );
        }
        self.y += 2.0;
    }

    /// Of the innermost open frame.
    fn edges(&self) -> (f32, f32) {
        let inset = 4.0 + FRAME_INSET * self.open_frames.len().saturating_sub(1) as f32;
        (inset, self.layout.width - inset)
    }

    fn end_connection(&mut self, client: usize, y: f32) {
        if let Some(since) = self.connected_since[client].take() {
            let x = self.layout.clients[client];
            let _ = write!(
                self.connections,
                "<path class=\"connection\" d=\"M{x:.1} {since:.1}V{y:.1}\"/>"
            );
        }
    }
}

impl Arrow {
    fn class(&self) -> &'static str {
        match (self.style, self.direction) {
            (Style::Message, Direction::ToServer) => "arrow sent",
            (Style::Message, Direction::ToClient) => "arrow received",
            (Style::Request, _) => "arrow request",
            (Style::Answer, _) => "arrow answer",
            (Style::Refusal, _) => "arrow answer refusal",
            (Style::Forbidden, _) => "arrow forbidden",
            (Style::Broken, _) => "arrow broken",
        }
    }

    /// Only an open connection can carry it.
    fn needs_connection(&self) -> bool {
        matches!(
            self.style,
            Style::Message | Style::Forbidden | Style::Broken
        )
    }
}
