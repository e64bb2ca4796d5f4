// @ts-check
/** Which procedures a figure of the provision counts, and which it does not. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { count, day } from "../format.js";
import { note, table } from "../pieces.js";
import { known, t } from "../words.js";
import { lists } from "./tabs.js";

/** @typedef {{code: string, name: string}} Ref */
/** @typedef {{procedure: Ref, field: Ref, level: number | null, bodies: number, label: string | null}} Procedure */
/** @typedef {{definition: {version: number, texts: Record<string, string>}, as_of: string, counted: number,
 *   not_counted: number, items: Procedure[], next: string | null}} Explained */

const PATH = "/v1/reports/provision/explain";
const LIMIT = 20;

/**
 * @param {import("../state.js").State} _
 * @param {import("../state.js").Subject} subject
 * @returns {Promise<{title: string, nodes: Node[]}>}
 */
export async function load(_, { column: cell }) {
  /** @type {Explained} */
  const whole = await get(PATH, { cell, limit: LIMIT });
  const { counted, not_counted: others, definition } = whole;
  const tabs = [
    { id: "counted", title: t("part.numerator"), number: counted },
    { id: "excluded", title: t("part.uncounted"), number: others },
  ];
  return {
    title: `${t("provision")} · ${cell ? name(cell) : t("provision.distinct")} · ${day(whole.as_of)}`,
    nodes: [
      h(
        "div",
        { class: "formula" },
        h("p", { class: "hero" }, count(counted)),
        note(t("provision.of", { n: count(counted + others) })),
      ),
      lists(t("procedures"), tabs, "counted", async (id, cursor) => {
        const excluded = id === "excluded" ? "true" : null;
        const { items, next } = await get(PATH, { cell, limit: LIMIT, excluded, cursor });
        return { nodes: [items.length ? procedures(items) : note(t("explain.no_facts"))], next };
      }),
      h(
        "section",
        {},
        h("h3", {}, t("definition")),
        h("dl", { class: "definition" }, texts(definition.texts)),
      ),
    ],
  };
}

/** @param {string} cell */
function name(cell) {
  const [government, level] = cell.split(":");
  return `${known(`level.${government}`) ? t(`level.${government}`) : government}, ${t("level.n", { n: level })}`;
}

/** @param {Record<string, string>} texts */
function texts(texts) {
  const shown = ["numerator", "denominator", "cells", "distinct", "exclusions", "basis", "stated"];
  return shown
    .filter((key) => texts[key])
    .map((key) => h("div", {}, h("dt", {}, t(`provision.text.${key}`)), h("dd", {}, texts[key])));
}

/** @param {Procedure[]} items */
function procedures(items) {
  /** @type {import("../pieces.js").Column<Procedure>[]} */
  const columns = [
    {
      title: t("procedure"),
      head: true,
      cell: (item) => [
        item.procedure.name,
        h("span", { class: "small" }, `${item.procedure.code} · ${item.field.name}`),
      ],
    },
    { title: t("level"), numeric: true, cell: (item) => item.level ?? "–" },
    { title: t("reason"), wide: true, cell: (item) => item.label ?? t("counted") },
  ];
  return table(t("procedures"), columns, items);
}
