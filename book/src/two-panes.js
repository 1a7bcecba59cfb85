// Two people, a server between them, and a delay: what becomes of a text when edits are transformed, and when they are not.
// The operations and the client are those of exercise 8's page; this stands behind them in one script.

/** The server of exercise 8, as far as two clients need it. */
class OrderingServer {
  constructor(text) {
    this.text = text;
    this.history = [];
  }

  receive({ type, docId, revision, opId, operation }, author) {
    if (type === "open") {
      return { reply: { type: "document", docId, epoch: "book", revision: this.history.length, content: this.text } };
    }
    const transformed = this.history.slice(revision).reduce((late, earlier) => transform(late, earlier)[0], operation);
    this.text = apply(transformed, this.text);
    this.history.push(transformed);
    const led = { docId, opId, revision: this.history.length };
    return { reply: { type: "ack", ...led }, others: { type: "document-updated", ...led, userId: author, operation: transformed } };
  }
}

/** The lesson's server: whatever comes is applied where it says, and passed on as it came. */
class NaiveServer {
  constructor(text) {
    this.text = text;
  }

  receive(edit) {
    this.text = NaiveServer.apply(edit, this.text);
    return { others: edit };
  }

  static apply({ position, deleted, inserted }, text) {
    const characters = [...text];
    characters.splice(position, deleted, ...inserted);
    return characters.join("");
  }
}

/** A client that applies what it hears where it says. */
class NaiveDocument {
  constructor(text, host) {
    this.text = text;
    this.host = host;
  }

  edit(operation) {
    this.text = apply(operation, this.text);
    const position = operation[0] > 0 ? operation[0] : 0;
    const deleted = operation.find((component) => component < 0) ?? 0;
    const inserted = operation.find((component) => typeof component === "string") ?? "";
    this.host.send({ position, deleted: -deleted, inserted });
  }

  receive(edit) {
    this.text = NaiveServer.apply(edit, this.text);
    this.host.onChange(null);
  }
}

class TwoPanes extends HTMLElement {
  #underway = 0;
  /** A new one whenever all begins again: what is still under way then is for nobody. */
  #run = 0;

  connectedCallback() {
    this.innerHTML = `
      <p>
        <label><input type="checkbox" class="transforms" checked> transform</label>
        <label>delay <input type="range" class="delay" min="0" max="5000" step="250" value="2000"> <output class="shown-delay"></output></label>
        <button type="button" class="restart">begin again</button>
        <button type="button" class="example">both write at once</button>
      </p>
      <div class="panes">
        <label>mira<textarea class="mira" rows="4" spellcheck="false"></textarea></label>
        <label>the server<textarea class="server" rows="4" readonly></textarea></label>
        <label>tomas<textarea class="tomas" rows="4" spellcheck="false"></textarea></label>
      </div>
      <p class="verdict" role="status"></p>`;
    this.panes = ["mira", "tomas"].map((name) => this.querySelector(`.${name}`));
    this.querySelector(".transforms").addEventListener("change", () => this.#begin());
    this.querySelector(".restart").addEventListener("click", () => this.#begin());
    this.querySelector(".example").addEventListener("click", () => this.#example());
    this.querySelector(".delay").addEventListener("input", () => this.#showDelay());
    this.panes.forEach((pane, who) => pane.addEventListener("input", () => this.#edited(who)));
    this.#showDelay();
    this.#begin();
  }

  get delay() {
    return Number(this.querySelector(".delay").value);
  }

  #showDelay() {
    this.querySelector(".shown-delay").textContent = `${this.delay / 1000} s each way`;
  }

  #begin() {
    const text = "abcdef";
    const transforms = this.querySelector(".transforms").checked;
    this.#run += 1;
    this.#underway = 0;
    this.server = transforms ? new OrderingServer(text) : new NaiveServer(text);
    this.documents = this.panes.map((pane, who) => {
      const host = {
        newId: () => crypto.randomUUID(),
        send: (message) => this.#send(message, who),
        onChange: (operation) => this.#show(who, operation),
      };
      if (!transforms) {
        return new NaiveDocument(text, host);
      }
      const shared = new SharedDocument("book", String(who), host);
      shared.receive({ type: "document", epoch: "book", revision: 0, content: text });
      return shared;
    });
    this.panes.forEach((_, who) => this.#show(who, null));
    this.#judge();
  }

  /** mira deletes three characters in the middle of which tomas writes. */
  #example() {
    this.#begin();
    const [mira, tomas] = this.panes;
    mira.value = "aef";
    tomas.value = "abc😀def";
    this.#edited(0);
    this.#edited(1);
  }

  #edited(who) {
    const operation = difference(this.documents[who].text, this.panes[who].value.toWellFormed());
    if (!isIdle(operation)) {
      this.documents[who].edit(operation);
      this.#judge();
    }
  }

  #send(message, who) {
    this.#later(() => {
      const { reply, others } = this.server.receive(message, String(who));
      if (reply !== undefined) {
        this.#later(() => this.documents[who].receive(reply));
      }
      if (others !== undefined) {
        this.#later(() => this.documents[1 - who].receive(others));
      }
    });
  }

  /** Messages take as long as the delay, and do not overtake each other. */
  #later(arrive) {
    const run = this.#run;
    this.#underway += 1;
    setTimeout(() => {
      if (run === this.#run) {
        this.#underway -= 1;
        arrive();
        this.#judge();
      }
    }, this.delay);
  }

  #show(who, operation) {
    const pane = this.panes[who];
    const cursor = toCharacters(pane.value, pane.selectionStart);
    pane.value = this.documents?.[who]?.text ?? this.server.text;
    const moved = operation === null ? cursor : transformCursor(cursor, operation);
    const units = toUnits(pane.value, moved);
    if (document.activeElement === pane) {
      pane.setSelectionRange(units, units);
    }
  }

  #judge() {
    this.querySelector(".server").value = this.server.text;
    const texts = new Set([this.server.text, ...this.panes.map((pane) => pane.value)]);
    const verdict = this.querySelector(".verdict");
    verdict.dataset.state = this.#underway > 0 ? "waiting" : texts.size === 1 ? "same" : "different";
    verdict.textContent = {
      waiting: `${this.#underway} ${this.#underway === 1 ? "message is" : "messages are"} under way.`,
      same: "Nothing is under way, and all three have the same text.",
      different: "Nothing is under way, and the texts differ. They will not become the same again.",
    }[verdict.dataset.state];
  }
}

customElements.define("two-panes", TwoPanes);
