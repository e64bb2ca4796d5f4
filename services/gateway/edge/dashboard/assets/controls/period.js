// @ts-check
/** Chooses the days: a year, a quarter, a month, or from one day to another. */

import { h } from "../dom.js";
import { days, kind, today, year } from "../period.js";
import { go } from "../state.js";
import { t } from "../words.js";

/** @typedef {import("../period.js").Period} Period */
/** @typedef {import("../period.js").Kind} Kind */

const KINDS = /** @type {const} */ (["year", "quarter", "month", "days"]);
/** How many years are offered, this one and those before it. */
const YEARS = 6;
const FIRST = "2000-01-01";
const LAST = "2099-12-31";

/**
 * @param {Period} period
 * @returns {HTMLElement}
 */
export function periodPicker(period) {
  const as = kind(period);
  const kinds = KINDS.map((each) => [each, t(`period.${each}`)]);
  const chosen = select(t("period.kind"), "period-kind", kinds, as, (value) =>
    choose(converted(period, /** @type {Kind} */ (value))),
  );
  const rest = "period" in period ? parts(period.period, as) : [between(period)];
  return h("div", { class: "picker", role: "group", "aria-label": t("period") }, chosen, rest);
}

/**
 * The nearest period of another kind.
 *
 * @param {Period} period
 * @param {Kind} as
 * @returns {Period}
 */
function converted(period, as) {
  const { from, to } = days(period);
  switch (as) {
    case "year":
      return { period: year(period) };
    case "quarter":
      return { period: `${from.slice(0, 4)}-Q${Math.ceil(Number(from.slice(5, 7)) / 3)}` };
    case "month":
      return { period: from.slice(0, 7) };
    default:
      return { from, to };
  }
}

/**
 * @param {string} period
 * @param {Kind} as
 * @returns {HTMLElement[]}
 */
function parts(period, as) {
  const own = period.slice(0, 4);
  const part = period.slice(5);
  const last = Math.max(Number(today().slice(0, 4)), Number(own));
  const years = [...new Set([...numbers(YEARS).map((n) => String(last + 1 - n)), own])];
  const chosen = [
    select(
      t("period.year"),
      "period-year",
      years.map((each) => [each, each]),
      own,
      (value) => choose({ period: value + period.slice(4) }),
    ),
  ];
  if (as !== "year") {
    const options =
      as === "quarter"
        ? numbers(4).map((n) => [`Q${n}`, t("period.quarter_n", { n })])
        : numbers(12).map((n) => [
            String(n).padStart(2, "0"),
            t("period.month_n", { n, name: t(`month.${n}`) }),
          ]);
    chosen.push(
      select(t(`period.${as}`), "period-part", options, part, (value) =>
        choose({ period: `${own}-${value}` }),
      ),
    );
  }
  return chosen;
}

/** @param {number} n @returns {number[]} from 1 to n */
const numbers = (n) => Array.from({ length: n }, (_, index) => index + 1);

/**
 * Sent by its button: while somebody types a year, its first digits are years, too.
 *
 * @param {{from: string, to: string}} period
 * @returns {HTMLElement}
 */
function between(period) {
  const input = (/** @type {"from" | "to"} */ end) =>
    /** @type {HTMLInputElement} */ (
      h("input", {
        type: "date",
        id: `period-${end}`,
        value: period[end],
        min: FIRST,
        max: LAST,
        required: true,
      })
    );
  const [from, to] = [input("from"), input("to")];
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    choose({ from: from.value, to: to.value });
  };
  const order = () => to.setCustomValidity(from.value > to.value ? t("period.order") : "");
  return h(
    "form",
    { class: "picker", onsubmit: submit, oninput: order },
    h("label", { for: from.id }, h("span", {}, t("period.from")), from),
    h("label", { for: to.id }, h("span", {}, t("period.to")), to),
    h("button", { type: "submit" }, t("period.show")),
  );
}

/** @param {Period} period */
function choose(period) {
  go({ period, explain: null });
}

/**
 * @param {string} name
 * @param {string} id
 * @param {string[][]} options value and text of each
 * @param {string} chosen
 * @param {(value: string) => void} change
 * @returns {HTMLElement}
 */
function select(name, id, options, chosen, change) {
  const element = /** @type {HTMLSelectElement} */ (
    h(
      "select",
      { id, onchange: () => change(element.value) },
      options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
    )
  );
  return h("label", { for: id }, h("span", {}, name), element);
}
