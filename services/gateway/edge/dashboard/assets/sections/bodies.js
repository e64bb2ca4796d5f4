// @ts-check
/** Share against target, a bar a body, and the same as a table. */

import { bars } from "../charts/bars.js";
import { h } from "../dom.js";
import { byGap, eligibleShare } from "../figures.js";
import { bodyName, count, percent, percentShort } from "../format.js";
import { badge, bodyLink, enter, figure, note, shortened, table } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Body} Body */

export const id = "bodies";

/** How many bars are shown at first: as many as there are departments or districts, not communes. */
const BARS = 25;
/** @type {Record<string, string>} What the columns of the indicator are called. */
const NAMES = {
  received: "received",
  online: "online",
  share_all: "share",
  share_eligible: "share.eligible",
};

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.bodies();

/** @param {Body[]} rows */
export function draw(rows) {
  if (!rows.length) return [note(t("bodies.none"))];
  const sorted = [...rows].sort(byGap);
  const busy = sorted.filter((row) => row.received);
  if (!busy.length) return [note(t("empty.period"))];
  const idle = rows.length - busy.length;
  const reached = busy.filter((row) => row.reached).length;
  return [
    h("p", { class: "lead" }, t("bodies.reached", { n: count(reached), of: count(busy.length) })),
    legend(),
    shortened(busy, (shown) => [chart(shown)], BARS),
    idle > 0 && h("p", { class: "small" }, t("bodies.idle", { n: count(idle) }, idle)),
    h("details", { class: "equivalent" }, h("summary", {}, t("as_table")), numbers(sorted)),
  ];
}

/** What the bars are, for those who see them; the table says it in its heads. */
function legend() {
  const entry = (/** @type {string} */ tone, /** @type {string} */ text) =>
    h("span", {}, h("span", { class: `swatch ${tone}` }), text);
  return h(
    "p",
    { class: "legend" },
    entry("below", `${t("reading.all.short")}: ${t("below")}`),
    entry("reached", `${t("reading.all.short")}: ${t("reached")}`),
    entry("thin", t("reading.eligible.short")),
  );
}

/** @param {Body[]} rows */
function chart(rows) {
  const drawn = rows.map((row) => ({
    name: bodyName(row.name),
    value: row.value,
    beside: eligibleShare(row),
    target: row.target,
    reached: row.reached,
    note:
      row.value === null
        ? ""
        : row.lacking
          ? t("lacking.short", { n: count(row.lacking) })
          : `✓ ${t("reached")}`,
  }));
  return bars(t("bodies.chart"), drawn, (index) =>
    enter({ agency: rows[index].agency, of: null, explain: null }),
  );
}

/** @param {Body[]} rows */
function numbers(rows) {
  /** @type {(row: Body, text: string, column?: string) => HTMLElement} */
  const open = (row, text, column) =>
    figure(
      text,
      { indicator: "online-share", agency: row.agency, column },
      `${bodyName(row.name)}, ${t(NAMES[column ?? "share_all"])}`,
    );
  /** @type {import("../pieces.js").Column<Body>[]} */
  const columns = [
    { title: t("body"), head: true, cell: (row) => bodyLink(row.agency, bodyName(row.name)) },
    {
      title: t("received"),
      numeric: true,
      wide: true,
      cell: (row) => open(row, count(row.received), "received"),
    },
    { title: t("online"), numeric: true, wide: true, cell: (row) => open(row, count(row.online), "online") },
    { title: t("share"), numeric: true, cell: (row) => open(row, percent(row.value)) },
    {
      title: t("share.eligible"),
      numeric: true,
      wide: true,
      cell: (row) => open(row, percent(eligibleShare(row)), "share_eligible"),
    },
    { title: t("target"), numeric: true, wide: true, cell: (row) => percentShort(row.target) },
    { title: t("lacking.title"), numeric: true, cell: (row) => count(row.lacking) },
    { title: t("state"), wide: true, cell: (row) => badge(row.target === null ? null : row.reached) },
  ];
  return table(t("bodies.chart"), columns, rows);
}
