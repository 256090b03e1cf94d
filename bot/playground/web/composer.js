// The box at the bottom: text with mentions, or a slash command whose options are fields; above it the picker of what goes in next.

const $ = id => document.getElementById(id);

function make(tag, traits = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), traits);
  made.append(...inside);
  return made;
}

export function composer({ base, send, post, toEnd }) {
  const form = $("composer"), text = $("content"), line = $("command"), picker = $("picker"), files = form.elements.files;
  const names = [...$("names").content.children].map(o => ({ id: o.value, kind: o.dataset.kind, name: o.textContent }));
  const draft = `draft ${base}`;
  let commands = [], command = null, items = [], active = 0, busy = false;

  // ---- The picker: a title, and things to choose of.

  function offer(title, choices) {
    items = choices;
    active = 0;
    picker.replaceChildren(...(title ? [make("p", {}, title)] : []), ...choices.map((c, i) => {
      const row = make("div", { id: `pick${i}`, role: "option" }, ...c.shown);
      row.addEventListener("mousedown", e => { e.preventDefault(); c.take(); });
      row.addEventListener("mousemove", () => i !== active && mark(i));
      return row;
    }));
    picker.hidden = !title && !choices.length;
    mark(0);
  }
  function mark(i) {
    active = i;
    const rows = picker.querySelectorAll("[role=option]");
    rows.forEach((row, n) => row.setAttribute("aria-selected", n === i));
    rows[i]?.scrollIntoView({ block: "nearest" });
    const field = document.activeElement;
    if (rows[i] && form.contains(field)) field.setAttribute("aria-activedescendant", rows[i].id);
    else field?.removeAttribute?.("aria-activedescendant");
  }
  function shut() {
    offer("", []);
  }

  // pick handles the keys that go to the picker; it tells whether this was one.
  function pick(e) {
    if (!items.length) return false;
    if (e.key === "Escape") { shut(); e.stopPropagation(); return true; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) mark((active + step + items.length) % items.length);
    else if (e.key === "Enter" && !e.shiftKey || e.key === "Tab" && !e.shiftKey) items[active].take();
    else return false;
    e.preventDefault();
    return true;
  }

  // ---- Text.

  async function suggest() {
    sessionStorage.setItem(draft, text.value);
    const before = text.value.slice(0, text.selectionStart), word = /(?:^|\s)([@#])([^\s@#]*)$/.exec(before);
    if (text.value.startsWith("/") && !form.elements.edit.value) return offerCommands();
    if (!word) return shut();
    const [, mark, typed] = word, low = typed.toLowerCase();
    const fitting = names.filter(n => (n.kind === "channel") === (mark === "#") && n.name.toLowerCase().startsWith(low)).slice(0, 10);
    offer("", fitting.map(n => ({
      shown: [make("b", {}, mark + n.name), make("small", {}, n.kind)],
      take() {
        const start = before.length - typed.length, after = text.value.slice(text.selectionStart);
        text.setRangeText(`${n.name} `, start, text.value.length - after.length, "end");
        shut();
        text.focus();
      },
    })));
  }

  async function offerCommands() {
    if (text.value === "/" || !commands.length) {
      const known = await fetch(`${base}/commands`).then(r => r.json()).catch(() => []);
      commands = known.filter(c => !c.menu);
    }
    if (!text.value.startsWith("/") || busy) return;
    const typed = text.value.slice(1).toLowerCase();
    const exact = typed.endsWith(" ") && commands.find(c => [c.label, c.name].some(n => n.toLowerCase() === typed.trimEnd()));
    if (exact) return begin(exact);
    const rank = c => { const at = c.label.toLowerCase().indexOf(typed); return at < 0 ? c.name.indexOf(typed) : at; };
    const fitting = commands.filter(c => rank(c) >= 0).sort((a, b) => (rank(a) > 0) - (rank(b) > 0));
    offer("", fitting.map(c => ({
      shown: [make("span", { className: "avatar bot" }), make("b", {}, `/${c.label}`), make("small", {}, c.description), ...(c.options ?? []).filter(o => o.required).map(o => make("i", {}, o.label))],
      take() {
        begin(c);
        if (c.label.toLowerCase() === typed.trim() && !command.options.length) form.requestSubmit(); // typed whole, and nothing to add
      },
    })));
  }

  // ---- A command and its fields.

  const fields = () => [...line.querySelectorAll("[data-option]")];
  const optionOf = field => command.options.find(o => o.name === field.dataset.option);
  const valueOf = field => field.dataset.value ?? field.value;

  function begin(c) {
    command = { options: [], ...c };
    text.value = "";
    text.hidden = form.querySelector(".attach").hidden = true;
    line.hidden = false;
    line.replaceChildren(make("b", {}, `/${c.label}`));
    shut();
    for (const o of command.options) if (o.required) add(o);
    for (const o of command.options) if (!o.required) {
      const more = make("button", { type: "button", className: "more-options", title: o.description }, `+ ${o.label}`);
      more.dataset.more = o.name;
      more.addEventListener("click", () => { more.before(add(o)); more.remove(); line.querySelector(`[data-option="${o.name}"]`).focus(); });
      line.append(more);
    }
    (fields()[0] ?? form.querySelector(".send")).focus();
    if (!fields().length) offer(`${command.description} — Enter sends it, Escape leaves it.`, []);
  }

  function add(o) {
    const pill = make("label", { className: "pill" }, make("span", {}, o.label), field(o));
    if (!o.required) {
      const drop = make("button", { type: "button", className: "x" }, "✕");
      drop.setAttribute("aria-label", `Leave out ${o.label}`);
      drop.addEventListener("click", () => { pill.remove(); shut(); });
      pill.append(drop);
    }
    line.insertBefore(pill, line.querySelector("[data-more]"));
    return pill;
  }

  const kinds = { 6: "person", 7: "channel", 8: "role" };

  function field(o) {
    const choices = o.type === 5 ? [{ name: "True", value: "true" }, { name: "False", value: "false" }]
      : o.choices ?? (kinds[o.type] && names.filter(n => n.kind === kinds[o.type]).map(n => ({ name: n.name, value: n.id })));
    let made;
    if (choices) made = make("select", {}, make("option", { value: "" }, "…"), ...choices.map(c => make("option", { value: c.value }, c.name)));
    else made = make("input", { type: o.type === 11 ? "file" : "text", inputMode: o.type === 4 || o.type === 10 ? "decimal" : "", autocomplete: "off" });
    made.dataset.option = o.name;
    made.addEventListener("focus", () => hint(made, o));
    made.addEventListener("input", () => { delete made.dataset.value; made.closest(".pill").classList.remove("wrong"); if (o.completed) complete(made, o); });
    return made;
  }

  function hint(made, o) {
    offer(`${o.label}: ${o.description}`, []);
    if (o.completed) complete(made, o);
  }

  let asked = 0, timer;
  function complete(made, o) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const now = ++asked, data = values();
      data.set("focused", o.name);
      data.set("typed", made.value);
      const found = await post(`${base}/complete`, data);
      if (now !== asked || document.activeElement !== made || !found) return;
      offer(`${o.label}: ${o.description}`, found.map(c => ({
        shown: [make("b", {}, c.name)],
        take() { made.value = c.name; made.dataset.value = c.value; next(made); },
      })));
    }, 60);
  }

  function next(made) {
    const all = fields(), empty = all.slice(all.indexOf(made) + 1).find(f => !f.value);
    shut();
    if (empty) empty.focus();
  }

  function values() {
    const data = new FormData();
    data.set("command", command.name);
    for (const f of fields()) {
      if (f.type === "file") { if (f.files[0]) data.set(`option.${f.dataset.option}`, f.files[0]); }
      else if (f.value) data.set(`option.${f.dataset.option}`, valueOf(f));
    }
    return data;
  }

  function leave() {
    command = null;
    line.hidden = true;
    line.replaceChildren();
    text.hidden = form.querySelector(".attach").hidden = false;
    shut();
    text.focus();
  }

  line.addEventListener("keydown", e => {
    if (e.target.matches("button") || e.isComposing) return;
    if (pick(e)) return;
    if (e.key === "Enter") { e.preventDefault(); form.requestSubmit(); }
    else if (e.key === "Backspace" && !e.target.value) {
      e.preventDefault();
      const pill = e.target.closest(".pill"), drop = pill.querySelector(".x");
      if (drop) { drop.click(); fields().at(-1)?.focus(); } else leave();
    }
  });
  form.addEventListener("keydown", e => { if (e.key === "Escape" && command) { e.stopPropagation(); leave(); } });

  // ---- Sending.

  form.addEventListener("submit", async e => {
    e.preventDefault();
    if (busy) return;
    const missing = command && fields().find(f => optionOf(f).required && !f.value);
    if (missing) {
      missing.closest(".pill").classList.add("wrong");
      return missing.focus();
    }
    shut();
    busy = true;
    toEnd();
    const done = command ? await send(`${base}/use`, values()) : await send(`${base}/say`, new FormData(form));
    busy = false;
    shut();
    if (!done) return;
    if (command) return leave();
    text.value = files.value = "";
    sessionStorage.removeItem(draft);
    chosen();
    untarget();
    toEnd();
  });

  text.addEventListener("input", suggest);
  text.addEventListener("blur", () => setTimeout(() => document.activeElement === document.body || form.contains(document.activeElement) || shut(), 100));
  text.addEventListener("keydown", e => {
    if (e.isComposing || pick(e)) return;
    if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); form.requestSubmit(); }
    if (e.key === "ArrowUp" && !text.value) {
      e.preventDefault(); // else the caret would go to the beginning of what is to be edited
      [...document.querySelectorAll("[data-edit]")].at(-1)?.click();
    }
    if (e.key === "Escape") untarget();
  });

  // ---- Files, replies, edits.

  function chosen() {
    $("chosen").hidden = !files.files.length;
    $("chosen").replaceChildren(...[...files.files].map(f => make("span", {}, f.name)));
  }
  files.addEventListener("change", () => { chosen(); text.focus(); });

  function target(kind, id, ...shown) {
    untarget();
    form.elements[kind].value = id;
    $("target").hidden = false;
    $("target").firstElementChild.replaceChildren(...shown);
    text.focus();
  }
  function untarget() {
    if (form.elements.edit.value) text.value = "";
    form.elements.reply.value = form.elements.edit.value = "";
    $("target").hidden = true;
  }

  if (!text.value) text.value = sessionStorage.getItem(draft) ?? "";
  if (matchMedia("(hover: hover)").matches) text.focus();
  return {
    untarget,
    reply: (id, author) => target("reply", id, "Replying to ", make("b", {}, author)),
    edit: (id, content) => { target("edit", id, "Editing your message"); text.value = content; },
  };
}
