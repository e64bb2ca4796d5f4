// @ts-check
/** Both readings by month, over the year in which the period ends. */

import { lines } from "../charts/lines.js";
import { h } from "../dom.js";
import { count, month, percent } from "../format.js";
import { figure, note, table } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Row} Row */
/** @typedef {{months: import("../figures.js").Report, target: number | null}} Found */

export const id = "trend";

/** @param {import("../figures.js").Asked} asked @returns {Promise<Found>} */
export async function load(asked) {
  const [months, attainment] = await Promise.all([asked.months(), asked.attainment()]);
  return { months, target: attainment.total.target };
}

/** @param {Found} found */
export function draw({ months: { rows, agency }, target }) {
  if (!rows.length) return [note(t("empty.period"))];
  return [
    lines(
      t("trend.chart"),
      rows.map((row) => month(row.key)),
      [
        {
          name: t("reading.all.short"),
          values: rows.map((row) => row.values.share_all),
          tone: "accent",
          fill: true,
        },
        {
          name: t("reading.eligible.short"),
          values: rows.map((row) => row.values.share_eligible),
          tone: "other",
        },
        ...(target === null
          ? []
          : [{ name: t("target"), values: rows.map(() => target), tone: "ink", dash: [5, 3] }]),
      ],
    ),
    h("details", { class: "equivalent" }, h("summary", {}, t("as_table")), numbers(rows, agency)),
  ];
}

/**
 * @param {Row[]} rows
 * @param {string} agency
 */
function numbers(rows, agency) {
  /** @type {(row: Row, text: string, column?: string) => HTMLElement} */
  const open = (row, text, column) =>
    figure(text, { indicator: "online-share", agency, period: row.key.slice(0, 7), column }, month(row.key));
  /** @type {import("../pieces.js").Column<Row>[]} */
  const columns = [
    { title: t("month"), head: true, cell: (row) => month(row.key) },
    { title: t("received"), numeric: true, cell: (row) => open(row, count(row.values.received), "received") },
    { title: t("online"), numeric: true, cell: (row) => open(row, count(row.values.online), "online") },
    { title: t("share"), numeric: true, cell: (row) => open(row, percent(row.values.share_all)) },
    {
      title: t("share.eligible"),
      numeric: true,
      wide: true,
      cell: (row) => open(row, percent(row.values.share_eligible), "share_eligible"),
    },
  ];
  return table(t("trend.chart"), columns, rows);
}
