// @ts-check
/** The few pieces that all sections are made of. */

import { Refused } from "./api.js";
import { release } from "./charts/frame.js";
import { find, h } from "./dom.js";
import { addressOf, go } from "./state.js";
import { t } from "./words.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./state.js").Subject} Subject */

/**
 * A figure that opens its definition and its explanation.
 *
 * @param {string} text
 * @param {Subject} subject
 * @param {string} what whose figure it is, for those who hear it
 * @returns {HTMLElement}
 */
export function figure(text, subject, what) {
  const open = () => go({ explain: subject });
  const label = `${what}: ${text}. ${t("explain")}`;
  return h(
    "button",
    { type: "button", class: "figure", "aria-label": label, "aria-haspopup": "dialog", onclick: open },
    text,
  );
}

/**
 * The same as a button in words.
 *
 * @param {Subject} subject
 * @param {string} what
 * @returns {HTMLElement}
 */
export function explainer(subject, what) {
  const open = () => go({ explain: subject });
  const name = t("explain");
  return h(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-label": `${name}: ${what}`,
      "aria-haspopup": "dialog",
      onclick: open,
    },
    name,
  );
}

/**
 * Goes to that body's own view.
 *
 * @param {string} agency
 * @param {string} name
 * @returns {HTMLElement}
 */
export function bodyLink(agency, name) {
  const changes = { agency, of: null, explain: null };
  return h(
    "a",
    { href: addressOf(changes), onclick: (/** @type {MouseEvent} */ event) => follow(event, changes) },
    name,
  );
}

/**
 * A link of ours is followed without loading the page anew; in a new tab it is a link like any other.
 *
 * @param {MouseEvent} event
 * @param {Partial<import("./state.js").State>} changes
 */
function follow(event, changes) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  enter(changes);
}

/**
 * Goes to another view, and to its beginning.
 *
 * @param {Partial<import("./state.js").State>} changes
 */
export function enter(changes) {
  go(changes);
  find("h1").focus();
  scrollTo({ top: 0 });
}

/**
 * Whether a target is reached, in words and sign as well as colour.
 *
 * @param {boolean | null} reached null: not known
 * @returns {HTMLElement}
 */
export function badge(reached) {
  if (reached === null) return h("span", { class: "badge" }, t("target.none"));
  return h(
    "span",
    { class: `badge ${reached ? "reached" : "below"}` },
    reached ? `✓ ${t("reached")}` : `✕ ${t("below")}`,
  );
}

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row, index: number) => Child | Child[]} cell
 * @property {boolean} [numeric]
 * @property {boolean} [wide] left out where there is little room
 * @property {boolean} [head] names the row
 */

/**
 * @template Row
 * @param {string} caption
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 * @param {(row: Row) => string} [tone] a class of the row
 * @returns {HTMLElement}
 */
export function table(caption, columns, rows, tone = () => "") {
  const classes = (/** @type {Column<Row>} */ column) =>
    [column.numeric && "numeric", column.wide && "wide"].filter(Boolean).join(" ") || null;
  const head = columns.map((column) => h("th", { scope: "col", class: classes(column) }, column.title));
  const body = rows.map((row, index) =>
    h(
      "tr",
      { class: tone(row) || null },
      columns.map((column) =>
        column.head
          ? h("th", { scope: "row", class: classes(column) }, column.cell(row, index))
          : h("td", { class: classes(column) }, column.cell(row, index)),
      ),
    ),
  );
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, body),
    ),
  );
}

/** How many rows are shown at first. */
const FIRST = 10;

/**
 * The first rows, and a button that shows the rest.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {(rows: Row[]) => Node[]} draw
 * @param {number} [first]
 * @returns {HTMLElement}
 */
export function shortened(rows, draw, first = FIRST) {
  const place = h("div", { tabindex: -1 }, draw(rows.slice(0, first)));
  if (rows.length <= first) return place;
  const all = () => {
    release(place);
    place.replaceChildren(...draw(rows));
    place.focus();
  };
  place.append(
    h("button", { type: "button", class: "plain more", onclick: all }, t("show_all", { n: rows.length })),
  );
  return place;
}

/**
 * @param {string} text
 * @param {"note" | "warning"} [tone]
 * @param {...Child} more
 * @returns {HTMLElement}
 */
export function note(text, tone = "note", ...more) {
  return h("p", { class: tone }, text, ...more);
}

/**
 * How something is counted, for whoever wants to know.
 *
 * @param {string} summary
 * @param {(string | undefined)[]} texts
 * @returns {HTMLElement}
 */
export function rules(summary, texts) {
  const said = texts.filter(Boolean).map((text) => h("p", { class: "rule" }, text));
  return h("details", { class: "rules" }, h("summary", {}, summary), said);
}

/**
 * What is shown where figures could not be had.
 *
 * @param {unknown} error
 * @param {() => void} again
 * @returns {HTMLElement}
 */
export function failure(error, again) {
  if (!(error instanceof Refused)) throw error;
  const { title, detail, status } = error.problem;
  const words = error.passing ? t("failed.passing") : [title, detail].filter(Boolean).join(". ");
  const button = h("button", { type: "button", onclick: again }, t("retry"));
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", {}, words || t("failed.other", { status })),
    error.passing && h("p", {}, button),
  );
}

/** @returns {HTMLElement} where figures are on their way */
export function waiting() {
  return h("div", { class: "waiting" }, h("span", { class: "unseen" }, t("loading")));
}

/** @returns {string} where somebody of the staff logs in, to come back to this view */
export function loginAddress() {
  return `/v1/auth/login?${new URLSearchParams({ realm: "staff", return_to: location.pathname + location.search })}`;
}

/** @returns {boolean} */
export const isStaff = () => document.documentElement.dataset.caller === "staff";

/** @param {string} reason @returns {HTMLElement} */
export function loginNote(reason) {
  return h("p", { class: "note" }, reason, " ", h("a", { href: loginAddress() }, t("login")));
}
