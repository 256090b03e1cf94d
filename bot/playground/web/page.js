// The page: events of the server put into place, forms sent without a reload, times in the reader's own language. What is drawn comes
// from the server as HTML; composer.js is the box at the bottom.
import { composer } from "./composer.js";

const $ = id => document.getElementById(id);
const { base, past } = document.body.dataset;
const log = $("log"), messages = $("messages"), modal = $("modal"), notice = $("notice");
document.documentElement.classList.add("script");

// ---- Times.

const locale = document.documentElement.dataset.locale;
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const units = [["year", 31536e6], ["month", 2592e6], ["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e3]];
const styles = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};

function ago(at) {
  const away = at - Date.now();
  const [unit, long] = units.find(([, long]) => Math.abs(away) >= long) ?? units.at(-1);
  return relative.format(Math.trunc(away / long), unit);
}

function times(root) {
  for (const t of root.querySelectorAll("time[datetime]")) {
    const at = new Date(t.dateTime), style = t.dataset.style;
    if (isNaN(at)) continue;
    if (style === "R") t.textContent = ago(at);
    else if (style === "m") t.textContent = at.toLocaleString(locale, at.toDateString() === new Date().toDateString() ? styles.t : { dateStyle: "short", timeStyle: "short" });
    else t.textContent = at.toLocaleString(locale, styles[style] ?? styles.f);
    t.title = at.toLocaleString(locale, styles.F);
  }
}
setInterval(() => times(document), 30_000);

// ---- Messages.

// The end stays in sight while it is, whatever grows: messages, images, the composer, a phone's keyboard.
// Only scrolling up leaves it, which is seen by the lower edge: what grows moves the end out of sight before this is told, and a composer that
// shrinks, as a long question was sent, moves the upper edge.
let low = true, edge = 0;
const toEnd = () => { low = true; log.scrollTop = log.scrollHeight; };
log.addEventListener("scroll", () => {
  const now = log.scrollTop + log.clientHeight, atEnd = log.scrollHeight - now < 60;
  low = now < edge - 2 ? atEnd : low || atEnd;
  edge = now;
});
const grown = new ResizeObserver(() => low && toEnd());
grown.observe(log);
grown.observe(messages);
const older = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0); // ids are numbers too large for JavaScript

function put({ id, html }) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const li = made.content.firstElementChild, old = $("m" + id);
  times(li);
  if (old) {
    const name = old.contains(document.activeElement) && document.activeElement.value; // an edit leaves the focus on the same button
    old.replaceWith(li);
    if (name) [...li.querySelectorAll("button, select")].find(b => b.value === name)?.focus();
  } else {
    const next = [...messages.children].reverse().find(m => older(m.dataset.id, id) < 0);
    next ? next.after(li) : messages.prepend(li);
  }
}

// ---- The event stream: it closes while the tab is hidden, as a browser has only six for all tabs, and comes back from where it was.

let seen = document.body.dataset.seq, events, lostTimer;

function lost(is) {
  clearTimeout(lostTimer);
  if (is) lostTimer = setTimeout(() => { $("lost").hidden = false; }, 400);
  else $("lost").hidden = true;
}

function listen() {
  events?.close();
  events = new EventSource(`${base}/events?after=${seen}`);
  events.onopen = () => lost(false);
  events.onmessage = e => {
    seen = e.lastEventId;
    const u = JSON.parse(e.data);
    if (u.reload) return again();
    u.messages?.forEach(put);
    u.gone?.forEach(id => $("m" + id)?.remove());
    if (!u.around) return;
    $("places").innerHTML = u.around.places;
    if ($("members")) $("members").innerHTML = u.around.people;
    $("offline").hidden = u.around.online;
  };
  events.onerror = () => {
    lost(true);
    // The browser tries again by itself, but not where the server refused: it is another one then, of which the page is to be loaded.
    if (events.readyState === EventSource.CLOSED) setTimeout(again, 1500);
  };
}

async function again() {
  try {
    const r = await fetch(base, { method: "HEAD" });
    if (r.ok) return location.assign(r.redirected ? r.url : base);
  } catch { /* not there yet */ }
  setTimeout(again, 1500);
}

// ---- Forms.

// tell says what went wrong, above the composer or, where one is open, in the form; without a text it takes that away.
function tell(text = "") {
  const where = modal.open ? modal.querySelector(".notice") : notice;
  where.hidden = !text;
  where.firstElementChild.textContent = text;
}

// post sends a form; it gives what the server says, or null where that could not be had.
export async function post(path, data) {
  try {
    const r = await fetch(path, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (r.status === 403) return again(), null;
    if (!r.ok) return tell(await r.text()), null;
    return await r.json();
  } catch {
    tell("The playground did not answer. What you typed stays here.");
    return null;
  }
}

// send is a deed: it tells what went wrong, and opens the form that the bot answers with. It gives whether it was done.
export async function send(path, data) {
  tell();
  const slow = setTimeout(() => tell("Sending …"), 700), out = await post(path, data);
  clearTimeout(slow);
  if (!out) return false;
  tell(out.error);
  if (out.form) {
    modal.innerHTML = out.form;
    modal.showModal();
  }
  return !out.error;
}

document.addEventListener("submit", async e => {
  const form = e.target;
  if (!form.matches("[data-live]") || form.id === "composer") return;
  e.preventDefault();
  const data = new FormData(form, e.submitter);
  form.closest(".more")?.removeAttribute("open");
  form.classList.add("busy");
  if (await send(form.action, data) && form.closest("dialog") && modal.contains(form)) modal.close();
  form.classList.remove("busy");
});

document.addEventListener("change", e => {
  const pick = e.target;
  if (pick.matches("[data-send]")) return pick.form.requestSubmit();
  if (!pick.matches("[data-choose]") || !pick.value) return;
  const data = new FormData(pick.form);
  data.set("choose", pick.dataset.choose);
  send(pick.form.action, data);
});

// ---- Menus of messages: by their button, a right click, or a long press.

function openMenu(more) {
  shutMenus();
  more.open = true;
  more.classList.toggle("up", more.getBoundingClientRect().top > innerHeight * .6);
  more.querySelector(".menu a, .menu button")?.focus();
}
function shutMenus(except) {
  for (const d of document.querySelectorAll("details.more[open], details.me[open]")) if (d !== except) d.open = false;
}

document.addEventListener("contextmenu", e => {
  const more = e.target.closest(".message")?.querySelector(".more");
  if (!more || e.target.closest("a, img, input, textarea, select") || String(getSelection())) return;
  e.preventDefault();
  openMenu(more);
});

document.addEventListener("click", e => {
  const summary = e.target.closest(".more > summary"), link = e.target.closest("a");
  if (summary && !summary.parentElement.open) { e.preventDefault(); return openMenu(summary.parentElement); }
  shutMenus(e.target.closest("details.more, details.me"));
  if (e.target.closest("#notice .x")) return tell();
  if (!link) return;
  if (link.hasAttribute("data-close")) { e.preventDefault(); modal.close(); }
  if (link.dataset.reply) { e.preventDefault(); shutMenus(); box.reply(link.dataset.reply, link.dataset.author); }
  if (link.dataset.edit) { e.preventDefault(); shutMenus(); box.edit(link.dataset.edit, link.dataset.content); }
  if (link.closest("#target")) { e.preventDefault(); box.untarget(); }
});

document.addEventListener("keydown", e => {
  const menu = e.target.closest(".more[open]");
  if (menu && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
    e.preventDefault();
    const all = [...menu.querySelectorAll(".menu a, .menu button")], at = all.indexOf(document.activeElement);
    all.at((at + (e.key === "ArrowDown" ? 1 : -1)) % all.length).focus();
  }
  if (e.key === "Escape" && !modal.open) {
    if (location.hash) location.hash = "";
    const open = document.querySelector("details.more[open], details.me[open]");
    shutMenus();
    open?.querySelector("summary").focus();
  }
});

modal.addEventListener("close", () => { modal.replaceChildren(); $("content").focus(); });

const box = composer({ base, send, post, toEnd });
times(document);
toEnd();
if (!past) {
  listen();
  document.addEventListener("visibilitychange", () => document.hidden ? events.close() : listen());
}
