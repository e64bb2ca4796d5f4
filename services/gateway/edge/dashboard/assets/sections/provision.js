// @ts-check
/** What is offered online: computed, with what sources state beside it, neither forced to match the other. */

import { h } from "../dom.js";
import { count, day, percent } from "../format.js";
import { figure, note, table } from "../pieces.js";
import { known, t } from "../words.js";

/** @typedef {import("../figures.js").Provision} Provision */
/** @typedef {import("../figures.js").Stated} Stated */

export const id = "provision";

/** The levels that count as online. */
const LEVELS = [3, 4];
/** Levels of government, from above; others follow. */
const ORDER = ["province", "district", "commune"];

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.provision();

/** @param {Provision} provision */
export function draw(provision) {
  if (!provision.in_force) return [note(t("provision.none"))];
  const { distinct, cells_total: cells, in_force: all, stated } = provision;
  return [
    matrix(provision),
    h("dl", { class: "facts" }, [
      fact(
        t("provision.cells"),
        figure(count(cells.online), { indicator: "provision" }, t("provision.cells")),
      ),
      fact(
        t("provision.distinct"),
        figure(count(distinct.online), { indicator: "provision" }, t("provision.distinct")),
      ),
      fact(t("provision.share"), percent(distinct.share)),
      fact(t("provision.in_force"), count(all)),
    ]),
    sources(stated),
  ];
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

/** @param {Provision} provision */
function matrix({ cells, stated }) {
  const present = new Set(cells.map((cell) => cell.government_level));
  const governments = [...new Set([...ORDER.filter((level) => present.has(level)), ...present])];
  const stateds = new Map(stated.map((each) => [each.dimension, each]));
  /** @type {(government: string, level: number) => Node[]} */
  const cell = (government, level) => {
    const key = `${government}:${level}`;
    const found = cells.find((each) => each.government_level === government && each.online_level === level);
    const said = stateds.get(`cell:${key}`);
    const name = `${placeName(government)}, ${t("level.n", { n: level })}`;
    return [
      figure(count(found?.count ?? 0), { indicator: "provision", column: key }, name),
      ...(said ? [h("span", { class: "small" }, t("provision.said", { n: count(said.value) }))] : []),
    ];
  };
  /** @type {import("../pieces.js").Column<string>[]} */
  const columns = [
    { title: t("government_level"), head: true, cell: placeName },
    ...LEVELS.map((level) => ({
      title: t("level.n", { n: level }),
      numeric: true,
      cell: (/** @type {string} */ government) => cell(government, level),
    })),
  ];
  return table(t("provision"), columns, governments);
}

/** @param {string} level */
const placeName = (level) => (known(`level.${level}`) ? t(`level.${level}`) : level);

/** @param {Stated[]} stated */
function sources(stated) {
  const others = stated.filter((each) => !each.dimension.startsWith("cell:"));
  if (!others.length) return null;
  const said = (/** @type {Stated} */ { value, unit }) =>
    unit === "percent" ? percent(value / 100) : count(value);
  /** @type {import("../pieces.js").Column<Stated>[]} */
  const columns = [
    {
      title: t("provision.stated"),
      head: true,
      cell: (each) => [each.name, h("span", { class: "small" }, `${each.source} (${day(each.source_date)})`)],
    },
    { title: t("provision.said.title"), numeric: true, cell: said },
    {
      title: t("provision.computed"),
      numeric: true,
      cell: (each) =>
        each.computed.map(({ figure: which, value }) =>
          h(
            "span",
            { class: "line" },
            said({ ...each, value: value ?? 0 }),
            each.computed.length > 1 && h("span", { class: "small" }, t(`provision.as.${which}`)),
          ),
        ),
    },
  ];
  return h(
    "details",
    {},
    h("summary", {}, t("provision.sources", { n: others.length })),
    table(t("provision.stated"), columns, others),
  );
}
