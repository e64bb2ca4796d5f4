// @ts-check
/** The league table: ranks, where each body stood before, and its score. */

import { h } from "../dom.js";
import { bodyName, number, percent } from "../format.js";
import { bodyLink, figure, note, rules, shortened, table } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Ranked} Ranked */

export const id = "league";

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.league();

/** @param {import("../figures.js").League | null} league */
export function draw(league) {
  const { rows, definition } = league ?? { rows: [], definition: {} };
  if (!rows.length) return [note(t("bodies.none"))];
  if (!rows.some((row) => row.received)) return [note(t("empty.period"))];
  return [
    shortened(rows, (shown) => [ranking(shown)], 25),
    rules(t("league.rules"), [definition.rank, definition.change, definition.score, definition.rows]),
  ];
}

/** @param {Ranked[]} rows */
function ranking(rows) {
  /** @type {import("../pieces.js").Column<Ranked>[]} */
  const columns = [
    { title: t("rank"), numeric: true, cell: (row) => rank(row) },
    { title: t("body"), head: true, cell: (row) => bodyLink(row.agency, bodyName(row.name)) },
    {
      title: t("share"),
      numeric: true,
      cell: (row) => figure(percent(row.value), { indicator: "online-share", agency: row.agency }, row.name),
    },
    { title: t("score"), numeric: true, wide: true, cell: (row) => number(row.score) },
  ];
  return table(t("league"), columns, rows, (row) => (row.rank === null ? "unranked" : ""));
}

/** @param {Ranked} row */
function rank({ rank, change, reason }) {
  if (rank === null) return h("span", { class: "few" }, reason === "few" ? t("league.few") : "–");
  return [h("strong", {}, rank), " ", moved(change)];
}

/** @param {number | null} change how many places it went up */
function moved(change) {
  if (change === null) return h("span", { class: "move" }, h("span", { class: "unseen" }, t("move.new")));
  const [sign, words] = change > 0 ? ["▲", "move.up"] : change < 0 ? ["▼", "move.down"] : ["=", "move.same"];
  const places = Math.abs(change);
  return h(
    "span",
    { class: `move ${change > 0 ? "up" : change < 0 ? "down" : ""}` },
    h("span", { "aria-hidden": "true" }, sign + (places || "")),
    h("span", { class: "unseen" }, t(words, { n: places }, places)),
  );
}
