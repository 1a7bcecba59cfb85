//! What happened as a transcript: as much of it as shows what is wrong.

use std::collections::BTreeMap;

use super::super::model::Counterexample;
use super::expected::{Addressee, Expected, Moment};
use super::lines::{connect, in_room, join, resume, send, sign_in, with_ids};
use super::model::{Deed, RoomsModel, Step};
use super::patterns::Detail;
use super::place::{Place, Told};
use crate::explore::order::Rules;
use crate::explore::world::Caused;

/// Something that a client heard, or should have.
#[derive(Debug, Clone)]
struct Hearing {
    step: usize,
    client: usize,
    expected: Expected,
    /// Nothing for what has not come.
    moment: Option<Moment>,
}

/// What is wrong.
enum Wrong {
    /// This should have come.
    Missing(Hearing),
    /// This should have come, and what is said of it came before.
    Before(Hearing, Option<String>),
    /// This should not have come.
    Forbidden { client: usize, pattern: String },
    /// That came before, and should not have come again.
    Repeated(Hearing),
    /// Nothing that a line can say.
    Other,
}

/// The transcript of all that happened.
pub(super) fn counterexample(model: &RoomsModel) -> Counterexample {
    let mut writer = Writer {
        model,
        heard: Vec::new(),
        wrong: Wrong::Other,
        because: String::new(),
    };
    if let Some(stray) = &model.stray {
        writer.because = format!("{}: {}", model.name(stray.client), stray.because);
    }
    for room in 0..model.rooms.len() {
        writer.add(&model.rooms[room], &model.room_rules(room), Some(room));
    }
    for (user, place) in &model.private {
        writer.add(place, &model.private_rules(*user), None);
    }
    if let Some(stray) = &model.stray
        && let Some(message) = &stray.message
    {
        writer.wrong = Wrong::Forbidden {
            client: stray.client,
            pattern: message.clone(),
        };
    }
    writer.write()
}

struct Writer<'m> {
    model: &'m RoomsModel,
    heard: Vec<Hearing>,
    wrong: Wrong,
    because: String,
}

impl Writer<'_> {
    /// What was heard in one place, and what is wrong there, unless something is wrong elsewhere.
    fn add<R>(&mut self, place: &Place<R>, rules: &R, room: Option<usize>)
    where
        R: Rules<Expected = Expected, Heard = super::heard::Heard>,
    {
        let Some(told) = place.told(rules) else {
            return;
        };
        let hearing = |(step, caused): &(usize, Caused<Expected>)| {
            let client = self.model.links[caused.connection].client;
            let lane = &place.lanes[caused.connection];
            let moment = match caused.heard {
                Some(heard) => lane.heard.get(heard).map(|heard| heard.moment),
                None => self.answered_at(*step, caused.connection),
            };
            Hearing {
                step: *step,
                client,
                expected: caused.expected.clone(),
                moment,
            }
        };
        let heard: Vec<Hearing> = told.caused.iter().map(hearing).collect();
        let wrong = self.what_is_wrong(place, &told, &heard, room, hearing);
        self.heard.extend(heard);
        if let (Wrong::Other, Some(wrong)) = (&self.wrong, wrong) {
            self.wrong = wrong;
        }
    }

    fn what_is_wrong<R>(
        &self,
        place: &Place<R>,
        told: &Told<Expected>,
        heard: &[Hearing],
        room: Option<usize>,
        hearing: impl Fn(&(usize, Caused<Expected>)) -> Hearing,
    ) -> Option<Wrong>
    where
        R: Rules<Expected = Expected, Heard = super::heard::Heard>,
    {
        let unexplained = told.unexplained.first().map(|(connection, index)| {
            let came = &place.lanes[*connection].heard[*index];
            (self.model.links[*connection].client, came)
        });
        if let Some(contradicted) = &told.contradicted {
            let first = unexplained.filter(|(client, _)| {
                *client == self.model.links[contradicted.1.connection].client
            });
            let first = first.map(|(_, came)| self.model.pattern_of(&came.said, room));
            let mut expected = hearing(contradicted);
            expected.moment = None;
            return Some(Wrong::Before(expected, first));
        }
        let Some((client, came)) = unexplained else {
            return told.due.last().map(|due| Wrong::Missing(hearing(due)));
        };
        let before = heard
            .iter()
            .rev()
            .find(|one| one.client == client && self.model.is_that(&one.expected, &came.said));
        Some(match before {
            Some(before) => Wrong::Repeated(before.clone()),
            None => Wrong::Forbidden {
                client,
                pattern: self.model.pattern_of(&came.said, room),
            },
        })
    }

    /// When the answer to a step came.
    fn answered_at(&self, step: usize, connection: usize) -> Option<Moment> {
        let named = match &self.model.steps[step].deed {
            Deed::Send { named, .. } | Deed::Leave { named, .. } | Deed::Type { named, .. } => {
                named
            }
            _ => return None,
        };
        self.model.facts.answer_moment(connection, named)
    }

    fn write(self) -> Counterexample {
        let mut chosen: Vec<(Hearing, Detail)> = Vec::new();
        let variables = self.variables();
        let ids = self.ids();
        for hearing in &self.heard {
            let repeated = matches!(&self.wrong, Wrong::Repeated(it) if it.moment == hearing.moment && it.client == hearing.client);
            let seq = hearing
                .moment
                .and_then(|moment| variables.get(&(hearing.client, moment.index)).cloned());
            let needed = self.is_needed(hearing) && !self.may_be_missed(hearing);
            if repeated || seq.is_some() || needed {
                let detail = Detail {
                    seq,
                    id: self.id_of(hearing, &ids),
                    is_whole: repeated,
                    exactly_once: repeated,
                };
                chosen.push((hearing.clone(), detail));
            }
        }
        let mut lines: Vec<String> = Vec::new();
        let mut failing = None;
        let last = self.model.round;
        for round in 1..=last {
            if round == last
                && let Wrong::Forbidden { client, pattern } = &self.wrong
                && self.was_there(*client, round)
            {
                failing = Some(lines.len());
                lines.push(format!("{} never <- {pattern}", self.model.name(*client)));
            }
            let are_several = self.write_acts(round, &variables, &mut lines);
            let mut heard: Vec<&(Hearing, Detail)> = chosen
                .iter()
                .filter(|(hearing, _)| self.model.steps[hearing.step].round == round)
                .collect();
            heard.sort_by_key(|(hearing, _)| hearing.moment);
            // What came of several at the same time comes in another order the next time.
            let indent = if are_several && heard.len() > 1 {
                lines.push("in any order:".to_owned());
                "  "
            } else {
                ""
            };
            for (hearing, detail) in heard {
                if detail.exactly_once {
                    failing = Some(lines.len());
                }
                lines.push(format!("{indent}{}", self.receive(hearing, detail)));
            }
        }
        match &self.wrong {
            Wrong::Missing(hearing) | Wrong::Before(hearing, None) => {
                failing = Some(lines.len());
                lines.push(self.receive(hearing, &self.whole(hearing, &ids)));
            }
            Wrong::Before(hearing, Some(first)) => {
                lines.push(self.receive(hearing, &self.whole(hearing, &ids)));
                // If that came later, this has been passed over by then.
                failing = Some(lines.len() - 1);
                if matches!(
                    hearing.expected,
                    Expected::Message { .. } | Expected::Private { .. }
                ) {
                    failing = Some(lines.len());
                    lines.push(format!("{} <- {first}", self.model.name(hearing.client)));
                }
            }
            Wrong::Forbidden { client, pattern } if failing.is_none() => {
                failing = Some(lines.len());
                lines.push(format!("{} never <- {pattern}", self.model.name(*client)));
            }
            Wrong::Forbidden { .. } | Wrong::Repeated(_) | Wrong::Other => {}
        }
        let because = self.reason();
        Counterexample {
            script: with_ids(lines).join("\n"),
            failing,
            because,
        }
    }

    fn whole(&self, hearing: &Hearing, ids: &BTreeMap<usize, String>) -> Detail {
        Detail {
            is_whole: true,
            id: self.id_of(hearing, ids),
            ..Detail::default()
        }
    }

    fn reason(&self) -> String {
        match &self.wrong {
            Wrong::Missing(hearing) | Wrong::Before(hearing, _) => format!(
                "{} should have heard this, and did not",
                self.model.name(hearing.client)
            ),
            Wrong::Repeated(hearing) => {
                format!("{} heard this twice", self.model.name(hearing.client))
            }
            Wrong::Forbidden { client, .. } => {
                let name = self.model.name(*client);
                match self.because.as_str() {
                    "" => format!("{name} should not have heard this"),
                    because => because.to_owned(),
                }
            }
            Wrong::Other => match self.because.as_str() {
                "" => "what was heard up to here breaks the rules of the page".to_owned(),
                because => because.to_owned(),
            },
        }
    }

    /// Whether a client had a connection before a round.
    fn was_there(&self, client: usize, round: usize) -> bool {
        let steps = self.model.steps.iter();
        let mut last = steps
            .filter(|step| step.client == client && step.round < round)
            .filter(|step| matches!(step.deed, Deed::Connect | Deed::Drop));
        last.next_back()
            .is_some_and(|step| step.deed == Deed::Connect)
    }

    /// The variables that hold a `seq` which somebody resumes from, by who heard it and when.
    fn variables(&self) -> BTreeMap<(usize, usize), String> {
        let mut variables = BTreeMap::new();
        for step in &self.model.steps {
            if let Deed::Resume { since, .. } = step.deed {
                let number = variables.len() + 1;
                variables
                    .entry((step.client, since.index))
                    .or_insert_with(|| match number {
                        1 => "$seq".to_owned(),
                        more => format!("$seq{more}"),
                    });
            }
        }
        variables
    }

    /// The variables that hold the ids of messages that are acknowledged more than once.
    fn ids(&self) -> BTreeMap<usize, String> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for step in &self.model.steps {
            if let Deed::Send { said, .. } = step.deed {
                *counts.entry(said).or_default() += 1;
            }
        }
        let mut ids = BTreeMap::new();
        for said in counts
            .iter()
            .filter(|(_, count)| **count > 1)
            .map(|(said, _)| *said)
        {
            let name = match ids.len() {
                0 => "$id".to_owned(),
                more => format!("$id{}", more + 1),
            };
            ids.insert(said, name);
        }
        ids
    }

    fn id_of(&self, hearing: &Hearing, ids: &BTreeMap<usize, String>) -> Option<String> {
        match hearing.expected {
            Expected::Ack { said, .. } => ids.get(&said).cloned(),
            _ => None,
        }
    }

    /// Whether what follows depends on it: the answer to what was done, or of what has no answer the first sign.
    fn is_needed(&self, hearing: &Hearing) -> bool {
        let step = &self.model.steps[hearing.step];
        let own = step.client == hearing.client;
        match (&step.deed, &hearing.expected) {
            (Deed::Connect, _) => own && self.does_nothing_else(hearing.step),
            (Deed::Join(_), Expected::Joined { .. })
            | (Deed::Resume { .. }, Expected::Missed { .. } | Expected::Gap { .. })
            | (_, Expected::Left { .. } | Expected::Ack { .. } | Expected::Refused { .. }) => own,
            (Deed::Type { .. } | Deed::Drop, _) => {
                let signs = self.heard.iter().filter(|one| one.step == hearing.step);
                signs.map(|one| one.moment).min() == Some(hearing.moment)
            }
            _ => false,
        }
    }

    /// Whether the client's connection was lost in the same round, so that it hears this only if it comes sooner.
    fn may_be_missed(&self, hearing: &Hearing) -> bool {
        let cause = &self.model.steps[hearing.step];
        let is_own = cause.client == hearing.client;
        let mut steps = self.model.steps.iter().enumerate();
        steps.any(|(index, step)| {
            step.deed == Deed::Drop
                && step.client == hearing.client
                && step.round == cause.round
                && (!is_own || index > hearing.step)
        })
    }

    /// Whether a client that connects does only that in its round.
    fn does_nothing_else(&self, connect: usize) -> bool {
        let step = &self.model.steps[connect];
        let mut later = self.model.steps[connect + 1..].iter();
        !later.any(|other| other.round == step.round && other.client == step.client)
    }

    /// What clients do in a round; whether several do it at the same time.
    fn write_acts(
        &self,
        round: usize,
        variables: &BTreeMap<(usize, usize), String>,
        lines: &mut Vec<String>,
    ) -> bool {
        let mut lanes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let steps = self.model.steps.iter().enumerate();
        for (index, step) in steps.filter(|(_, step)| step.round == round) {
            let lane = lanes.entry(step.client).or_default();
            let text = self.act(index, step, variables);
            // Whoever comes does so before the others go on.
            if lane.is_empty() && matches!(step.deed, Deed::SignIn | Deed::Connect) {
                lines.push(text);
            } else {
                lane.push(text);
            }
        }
        lanes.retain(|_, lane| !lane.is_empty());
        let are_several = lanes.len() > 1;
        if are_several {
            lines.push("together:".to_owned());
        }
        let indent = if are_several { "  " } else { "" };
        for text in lanes.into_values().flatten() {
            lines.push(format!("{indent}{text}"));
        }
        are_several
    }

    fn act(
        &self,
        index: usize,
        step: &Step,
        variables: &BTreeMap<(usize, usize), String>,
    ) -> String {
        let name = self.model.name(step.client);
        let named = |named| self.is_refused(index).then_some(named);
        match &step.deed {
            Deed::SignIn => sign_in(name, true),
            Deed::Connect => connect(name),
            Deed::Join(room) => join(name, *room),
            Deed::Resume { room, since } => {
                let known = variables.get(&(step.client, since.index));
                let after = known.cloned().unwrap_or_else(|| since.seq.to_string());
                resume(name, *room, &after)
            }
            Deed::Leave { room, named: it } => in_room(name, "leave-room", *room, named(it)),
            Deed::Type {
                room,
                on,
                named: it,
            } => {
                let kind = if *on { "typing" } else { "stop-typing" };
                in_room(name, kind, *room, named(it))
            }
            Deed::Send { said, .. } => {
                let said = &self.model.facts.said[*said];
                let target = match said.to {
                    Addressee::User(user) => format!("${}_id", self.model.name(user)),
                    Addressee::Room(_) => String::new(),
                };
                send(name, said, &target)
            }
            Deed::Drop => format!("{name} drops"),
        }
    }

    fn is_refused(&self, step: usize) -> bool {
        let refused = |hearing: &Hearing| {
            hearing.step == step && matches!(hearing.expected, Expected::Refused { .. })
        };
        self.heard.iter().any(refused)
            || matches!(&self.wrong, Wrong::Missing(hearing) | Wrong::Before(hearing, _) if refused(hearing))
    }

    fn receive(&self, hearing: &Hearing, detail: &Detail) -> String {
        let name = self.model.name(hearing.client);
        let pattern = self.model.pattern(&hearing.expected, detail);
        let once = if detail.exactly_once {
            " exactly once"
        } else {
            ""
        };
        format!("{name} <- {pattern}{once}")
    }
}
