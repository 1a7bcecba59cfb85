// What stands beside the text: who is there, who may do what, versions. Everything that comes from others is put in as text.

import { request } from "./api.js";

export function element(name, text, more = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, more);
}

const button = (text, onclick) => element("button", text, { type: "button", onclick });

/** Fills the list of those who are there. */
export function showPeople(list, people) {
  list.replaceChildren(
    ...people.map(({ username, color, own, cursor }) => {
      const item = element("li", own ? `${username} (you)` : username);
      item.style.setProperty("--color", color);
      item.title = cursor === null ? "" : `at character ${cursor.head}`;
      return item;
    }),
  );
}

/** Who may do what, for the owner, who decides about it. `fail` hears an Error. */
export class Sharing {
  #session;
  #path;
  #elements;
  #fail;

  constructor(session, docId, elements, fail) {
    this.#session = session;
    this.#path = `/api/documents/${encodeURIComponent(docId)}`;
    this.#elements = elements;
    this.#fail = fail;
    elements["link-editor"].onclick = () => this.#link("editor");
    elements["link-viewer"].onclick = () => this.#link("viewer");
    elements.link.hidden = true;
  }

  async show() {
    await this.#try(async () => {
      const members = await request(this.#session, "GET", `${this.#path}/members`);
      this.#elements.members.replaceChildren(...members.map((member) => this.#member(member)));
    });
  }

  #member({ userId, username, role }) {
    const item = element("li", "");
    item.append(element("span", username));
    if (role === "owner") {
      item.append("owner");
      return item;
    }
    const path = `${this.#path}/members/${encodeURIComponent(userId)}`;
    const roles = element("select", "", { ariaLabel: `What ${username} may do` });
    roles.append(...["viewer", "editor"].map((name) => element("option", name, { selected: name === role })));
    roles.onchange = () => this.#change("PUT", path, { role: roles.value });
    const remove = button("Remove", () => this.#change("DELETE", path));
    remove.ariaLabel = `Remove ${username}`;
    item.append(roles, remove);
    return item;
  }

  async #change(method, path, body) {
    await this.#try(() => request(this.#session, method, path, body));
    await this.show();
  }

  async #link(role) {
    await this.#try(async () => {
      const { link } = await request(this.#session, "POST", `${this.#path}/links`, { role });
      this.#elements.link.value = `${location.origin}/#link=${link}`;
      this.#elements.link.hidden = false;
      this.#elements.link.select();
    });
  }

  async #try(what) {
    try {
      await what();
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** The versions of a document. */
export class Versions {
  #session;
  #path;
  #elements;
  #fail;
  mayRestore = false;

  constructor(session, docId, elements, fail) {
    this.#session = session;
    this.#path = `/api/documents/${encodeURIComponent(docId)}/versions`;
    this.#elements = elements;
    this.#fail = fail;
    elements.difference.hidden = true;
    elements["version-form"].onsubmit = (event) => {
      event.preventDefault();
      this.#do("POST", this.#path, { name: elements["version-name"].value });
      elements["version-name"].value = "";
    };
  }

  async show() {
    try {
      const versions = await request(this.#session, "GET", this.#path);
      this.#elements.versions.replaceChildren(...versions.map((version) => this.#version(version)));
    } catch (error) {
      this.#fail(error);
    }
  }

  #version({ versionId, name, username, createdAt }) {
    const item = element("li", "");
    item.append(element("span", name, { title: `${username}, ${new Date(createdAt).toLocaleString()}` }));
    const compare = button("Compare", () => this.#compare(versionId));
    compare.ariaLabel = `Compare ${name} with the text as it is`;
    item.append(compare);
    if (this.mayRestore) {
      const restore = button("Restore", () => this.#do("POST", `${this.#path}/${versionId}/restore`));
      restore.ariaLabel = `Restore ${name}`;
      item.append(restore);
    }
    return item;
  }

  /** What was written since: the text of the version, with what came in and what went marked. */
  async #compare(versionId) {
    try {
      const [{ content }, { operation }] = await Promise.all([
        request(this.#session, "GET", `${this.#path}/${versionId}`),
        request(this.#session, "GET", `${this.#path}/${versionId}/difference`),
      ]);
      const characters = [...content];
      let place = 0;
      const take = (count) => characters.slice(place, (place += count)).join("");
      const parts = operation.map((component) => {
        if (typeof component === "string") {
          return element("ins", component);
        }
        return component < 0 ? element("del", take(-component)) : take(component);
      });
      this.#elements.difference.replaceChildren(...(parts.length === 0 ? ["Both are empty."] : parts));
      this.#elements.difference.hidden = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  async #do(method, path, body) {
    try {
      await request(this.#session, method, path, body);
    } catch (error) {
      this.#fail(error);
    }
    await this.show();
  }
}
