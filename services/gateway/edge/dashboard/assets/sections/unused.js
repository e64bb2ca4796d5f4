// @ts-check
/** Services that are offered online and have few dossiers or none; for staff. */

import { h } from "../dom.js";
import { FEW } from "../figures.js";
import { bodyName, count, day } from "../format.js";
import { isStaff, loginNote, note, rules, shortened, table } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Unused} Unused */

export const id = "unused";

/** @param {import("../figures.js").Asked} asked */
export const load = async (asked) => (isStaff() ? asked.unused() : null);

/** @param {import("../figures.js").UnusedPage | null} found */
export function draw(found) {
  if (!found) return [loginNote(t("unused.login"))];
  const { items, next, definition } = found;
  if (!items.length) return [note(t("unused.none", { few: FEW }))];
  const none = items.filter((item) => !item.received).length;
  return [
    h(
      "p",
      { class: "lead" },
      t("unused.lead", { n: count(items.length) + (next ? "+" : ""), none: count(none) + (next ? "+" : "") }),
    ),
    shortened(items, (shown) => [list(shown)]),
    rules(t("unused.rules"), Object.values(definition.texts)),
  ];
}

/** @param {Unused[]} items */
function list(items) {
  /** @type {import("../pieces.js").Column<Unused>[]} */
  const columns = [
    {
      title: t("procedure"),
      head: true,
      cell: (item) => [item.procedure.name, h("span", { class: "small" }, bodyName(item.agency.name))],
    },
    { title: t("level"), numeric: true, wide: true, cell: (item) => item.online_level },
    { title: t("unused.since"), numeric: true, wide: true, cell: (item) => day(item.offered_since) },
    { title: t("received"), numeric: true, cell: (item) => count(item.received) },
    { title: t("online"), numeric: true, cell: (item) => count(item.received_online) },
  ];
  return table(t("unused"), columns, items);
}
