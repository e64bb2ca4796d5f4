// @ts-check
/** What a figure about dossiers is made of. */

import { address, get } from "../api.js";
import { h } from "../dom.js";
import { bodyName, count, day, percent, time } from "../format.js";
import { words } from "../period.js";
import { isStaff, loginNote, note, table } from "../pieces.js";
import { known, t } from "../words.js";
import { lists } from "./tabs.js";

/** @typedef {{reason: string, text: string, part?: string, count: number}} Reason */
/** @typedef {{id: string, code: string | null, origin: string, quantity: number, procedure: string,
 *   procedure_name: string, channel: string, online_level: number, receiving_agency: string,
 *   submitted_on: string | null, received_on: string | null, finished_at: string | null, part: string,
 *   reason: string, text: string}} Fact */
/** @typedef {{indicator: string, version: number, definition: Record<string, string>, from: string, to: string,
 *   as_of: string, agency: string, numerator: number, denominator: number, counts: Record<string, number>,
 *   column: {name: string, label: string, kind: string, meaning: string | null}, excluded: Reason[], parts: Reason[], items: Fact[], hidden: number, next: string | null}} Explained */

const PARTS = ["excluded", "numerator", "denominator"];
const LIMIT = 20;

/**
 * @param {import("../state.js").State} state
 * @param {import("../state.js").Subject} subject
 * @returns {Promise<{title: string, nodes: Node[]}>}
 */
export async function load(state, subject) {
  const period = subject.period ? { period: subject.period } : state.period;
  const path = `/v1/reports/${encodeURIComponent(subject.indicator)}/explain`;
  const query = { ...period, agency: subject.agency ?? state.agency, column: subject.column, limit: LIMIT };
  /** @type {Explained} */
  const whole = await get(path, { ...query, part: "excluded" });
  const name = await bodyOf(whole.agency);
  const total = (/** @type {string} */ part) =>
    sum(part === "excluded" ? whole.excluded : whole.parts.filter((each) => each.part === part));
  const tabs = PARTS.map((id) => ({ id, title: t(`part.${id}`), number: total(id) }));
  const first = whole.excluded.length ? "excluded" : "numerator";
  return {
    title: `${subject.column ? whole.column.label : whole.definition.title} · ${name} · ${words(period)}`,
    nodes: [
      formula(whole),
      reasons(t("explain.excluded"), whole.excluded, t("explain.excluded.none")),
      reasons(
        t("explain.parts"),
        whole.parts.filter((each) => each.part !== "excluded"),
        "",
      ),
      lists(t("explain.facts"), tabs, first, async (part, cursor) =>
        page(await get(path, { ...query, part, cursor })),
      ),
      definition(whole, address(path, query)),
    ],
  };
}

/** @param {string} agency @returns {Promise<string>} its name, or its code while the catalogue does not answer */
async function bodyOf(agency) {
  const found = await get(`/v1/agencies/${agency}`).catch(() => null);
  return found ? bodyName(found.name) : agency;
}

/** @param {Reason[]} reasons */
const sum = (reasons) => reasons.reduce((whole, reason) => whole + reason.count, 0);

/**
 * The figure and, of a share, what stands above and below the line, each with its words.
 *
 * @param {Explained} whole
 */
function formula({ definition, numerator, denominator, column }) {
  const share = column.kind === "share";
  const line = (/** @type {"numerator" | "denominator"} */ part, /** @type {number} */ value) =>
    h("div", {}, h("dt", {}, t(part)), h("dd", {}, h("strong", {}, count(value)), " ", definition[part]));
  return h(
    "div",
    { class: "formula" },
    h(
      "p",
      { class: "hero" },
      share ? percent(denominator ? numerator / denominator : null) : count(numerator),
      h("span", { class: "sum" }, column.meaning ?? column.label),
    ),
    share && h("dl", {}, line("numerator", numerator), line("denominator", denominator)),
  );
}

/**
 * @param {string} title
 * @param {Reason[]} rows
 * @param {string} none
 */
function reasons(title, rows, none) {
  if (!rows.length) return none ? h("section", {}, h("h3", {}, title), note(none)) : h("span", {});
  /** @type {import("../pieces.js").Column<Reason>[]} */
  const columns = [
    { title: t("reason"), head: true, cell: (row) => row.text },
    { title: t("dossiers"), numeric: true, cell: (row) => count(row.count) },
  ];
  if (rows[0].part)
    columns.splice(1, 0, { title: t("part"), wide: true, cell: (row) => t(`part.${row.part}`) });
  return h("section", {}, h("h3", {}, title), table(title, columns, rows));
}

/** @param {Explained} found @returns {import("./tabs.js").Page} */
function page({ items, hidden, next }) {
  const nodes = [];
  if (items.length) nodes.push(facts(items));
  if (hidden) {
    const text = t("explain.hidden", { n: count(hidden) }, hidden);
    nodes.push(isStaff() ? note(text) : loginNote(text));
  }
  if (!nodes.length) nodes.push(note(t("explain.no_facts")));
  return { nodes, next };
}

/** @param {Fact[]} items */
function facts(items) {
  /** @type {import("../pieces.js").Column<Fact>[]} */
  const columns = [
    {
      title: t("dossier"),
      head: true,
      cell: (fact) => [name(fact), h("span", { class: "small" }, about(fact))],
    },
    { title: t("reason"), cell: (fact) => fact.text },
    {
      title: t("received.on"),
      numeric: true,
      wide: true,
      cell: (fact) => day(fact.received_on ?? fact.submitted_on),
    },
  ];
  return table(t("explain.facts"), columns, items);
}

/** @param {Fact} fact */
const name = ({ code, quantity }) => code ?? t("fact.line", { n: count(quantity) }, quantity);

/** @param {Fact} fact */
function about({ procedure, procedure_name: called, channel, online_level: level, origin }) {
  const way = known(`channel.${channel}`) ? t(`channel.${channel}`) : channel;
  return [called || procedure, way, t("level.n", { n: level }), t(`origin.${origin}`)].join(" · ");
}

/**
 * @param {Explained} whole
 * @param {string} url
 */
function definition({ definition, indicator, version, from, to, as_of: asOf }, url) {
  const line = (/** @type {string} */ name, /** @type {Node | string} */ value) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h(
    "section",
    {},
    h("h3", {}, t("definition")),
    h("dl", { class: "definition" }, [
      line(t("exclusions"), definition.exclusions),
      line(t("basis"), definition.basis),
      line(t("period"), `${day(from)} – ${day(to)}`),
      line(t("as_of"), time(asOf)),
      line(
        t("indicator"),
        h("span", {}, t("indicator.version", { indicator, version }), " · ", h("a", { href: url }, "JSON")),
      ),
    ]),
  );
}
