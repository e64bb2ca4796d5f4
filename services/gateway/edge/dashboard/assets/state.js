// @ts-check
/** What the page shows, as its address says it: to share an address is to share the view. */

import { read as readPeriod, words as periodWords } from "./period.js";

/** @typedef {"department" | "district" | "commune"} Of */
/** @typedef {{indicator: string, agency?: string, period?: string, column?: string}} Subject a figure to
 *   explain; `column`: of the report, or a cell of the provision */
/**
 * @typedef {object} State
 * @property {import("./period.js").Period} period
 * @property {string | null} agency null: the caller's body, or the province
 * @property {Of | null} of which bodies are compared; null: the first kind there is
 * @property {Subject | null} explain the figure that is opened
 */

const OF = ["department", "district", "commune"];
const SUBJECT = /** @type {const} */ (["indicator", "agency", "period", "column"]);

/** @returns {State} */
export function current() {
  const search = new URLSearchParams(location.search);
  const of = search.get("of") ?? "";
  const explained = (search.get("explain") ?? "").split("~");
  const subject = Object.fromEntries(SUBJECT.map((name, index) => [name, explained[index] || undefined]));
  return {
    period: readPeriod(search),
    agency: search.get("agency"),
    of: OF.includes(of) ? /** @type {Of} */ (of) : null,
    explain: subject.indicator ? /** @type {Subject} */ (subject) : null,
  };
}

/**
 * The address of the present view with these changes.
 *
 * @param {Partial<State> & {lang?: string}} changes
 * @returns {string}
 */
export function addressOf(changes) {
  const state = { ...current(), ...changes };
  const { explain } = state;
  const said = {
    ...state.period,
    agency: state.agency,
    of: state.of,
    explain:
      explain &&
      SUBJECT.map((name) => explain[name] ?? "")
        .join("~")
        .replace(/~+$/, ""),
    lang: changes.lang ?? new URLSearchParams(location.search).get("lang"),
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(said)) if (value) search.set(name, value);
  return `${location.pathname}?${search}`;
}

/**
 * Goes to the view with these changes; `"replace"`: without a step in the history.
 *
 * @param {Partial<State>} changes
 * @param {"push" | "replace"} [how]
 */
export function go(changes, how = "push") {
  const url = addressOf(changes);
  if (how === "replace") history.replaceState(null, "", url);
  else if (url !== location.pathname + location.search) history.pushState(null, "", url);
  dispatchEvent(new CustomEvent("state"));
}

/** @returns {string} the period in words */
export const shownPeriod = () => periodWords(current().period);
