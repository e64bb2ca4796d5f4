// @ts-check
/** The days that figures are of, as the API names them: `period`, or `from` and `to`. */

import { day } from "./format.js";
import { t } from "./words.js";

/** @typedef {{period: string} | {from: string, to: string}} Period */
/** @typedef {"year" | "quarter" | "month" | "days"} Kind */

const PATTERN = /^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @returns {string} the system's own day, which need not be the reader's */
export const today = () => document.documentElement.dataset.today ?? "";

/**
 * What the address asks for; this year where that is nothing that can be read.
 *
 * @param {URLSearchParams} search
 * @returns {Period}
 */
export function read(search) {
  const [period, from, to] = ["period", "from", "to"].map((name) => search.get(name) ?? "");
  if (DAY.test(from) && DAY.test(to) && from <= to) return { from, to };
  return { period: PATTERN.test(period) ? period : today().slice(0, 4) };
}

/** @param {Period} period @returns {Kind} */
export function kind(period) {
  if (!("period" in period)) return "days";
  return period.period.includes("Q") ? "quarter" : period.period.length === 4 ? "year" : "month";
}

/** @param {Period} period @returns {string} the year in which it ends */
export function year(period) {
  return ("period" in period ? period.period : period.to).slice(0, 4);
}

/** @param {Period} period @returns {{from: string, to: string}} its first and last day */
export function days(period) {
  if (!("period" in period)) return period;
  const [own, part] = period.period.split("-");
  const first = !part ? 1 : part.startsWith("Q") ? 3 * Number(part[1]) - 2 : Number(part);
  const months = { year: 12, quarter: 3, month: 1, days: 0 }[kind(period)];
  const last = new Date(Date.UTC(Number(own), first - 1 + months, 0)).toISOString().slice(0, 10);
  return { from: `${own}-${String(first).padStart(2, "0")}-01`, to: last };
}

/** @param {Period} period @returns {string} in words */
export function words(period) {
  const own = year(period);
  const part = "period" in period ? period.period.slice(5) : "";
  switch (kind(period)) {
    case "year":
      return t("period.of_year", { year: own });
    case "quarter":
      return t("period.of_quarter", { quarter: part.slice(1), year: own });
    case "month":
      return t("period.of_month", { month: t(`month.${Number(part)}`), number: Number(part), year: own });
    default:
      return `${day(days(period).from)} – ${day(days(period).to)}`;
  }
}
