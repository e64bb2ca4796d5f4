// @ts-check
/** The shortest way to the target: whose counter dossiers of which procedures would close the gap. */

import { h } from "../dom.js";
import { bodyName, count, percentShort } from "../format.js";
import { note, rules, shortened, table } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Step} Step */

export const id = "way";

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.way();

/** @param {import("../figures.js").Way} way */
export function draw({ definition, received, target, lacking, needed, steps }) {
  if (!received) return [note(t("empty.period"))];
  const facts = { n: count(lacking), target: percentShort(target), steps: count(needed ?? steps.length) };
  if (!lacking) return [note(t("way.there", facts))];
  return [
    h("p", { class: "lead" }, t(needed === null ? "way.short" : "way.lead", facts, lacking)),
    steps.length ? shortened(steps, (shown) => [list(shown)]) : null,
    needed !== null &&
      needed > steps.length &&
      h("p", { class: "small" }, t("way.first", { shown: count(steps.length) })),
    rules(t("way.rules"), [definition.steps]),
  ];
}

/** @param {Step[]} steps */
function list(steps) {
  /** @type {import("../pieces.js").Column<Step>[]} */
  const columns = [
    { title: "#", numeric: true, wide: true, cell: (_, index) => index + 1 },
    {
      title: t("way.what"),
      head: true,
      cell: (step) => [
        step.procedure_name || step.procedure,
        h("span", { class: "small" }, `${bodyName(step.name)} · ${t(`way.${step.kind}`)}`),
      ],
    },
    { title: t("way.used"), numeric: true, cell: (step) => count(step.used) },
    {
      title: t("way.cumulative"),
      numeric: true,
      cell: (step) => [
        count(step.cumulative),
        step.closes && h("span", { class: "closes" }, `✓ ${t("way.closes")}`),
      ],
    },
  ];
  return table(t("way"), columns, steps, (step) => (step.closes ? "last" : ""));
}
