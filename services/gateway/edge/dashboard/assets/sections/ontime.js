// @ts-check
/** Whether dossiers were decided on time. */

import { stack } from "../charts/stack.js";
import { h } from "../dom.js";
import { count, percent } from "../format.js";
import { explainer, figure, note } from "../pieces.js";
import { t } from "../words.js";

export const id = "ontime";

const PARTS = /** @type {const} */ ([
  ["early", "early"],
  ["on_time", "reached"],
  ["late", "below"],
  ["overdue", "overdue"],
]);
const BESIDE = ["carried_over", "pending", "unscored"];

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.report("on-time");

/** @param {import("../figures.js").Report} report */
export function draw({ total, agency, columns }) {
  const { values } = total;
  const label = (/** @type {string} */ name) => columns.find((column) => column.name === name)?.label ?? name;
  if (values.share_on_time === null) return [note(t("empty.decided"))];
  const subject = { indicator: "on-time", agency };
  const fact = (/** @type {string} */ name) =>
    h(
      "div",
      {},
      h("dt", {}, label(name)),
      h("dd", {}, figure(count(values[name]), { ...subject, column: name }, label(name))),
    );
  return [
    h(
      "p",
      { class: "hero" },
      figure(percent(values.share_on_time), subject, t("ontime")),
      h("span", { class: "sum" }, t("ontime.of")),
    ),
    stack(
      t("ontime.chart"),
      PARTS.map(([name, tone]) => ({ name: label(name), value: values[name] ?? 0, tone })),
    ),
    h("dl", { class: "facts" }, [...PARTS.map(([name]) => name), ...BESIDE].map(fact)),
    explainer(subject, t("ontime")),
  ];
}
