// @ts-check
/** Numbers and days as the language writes them. */

import { language, t } from "./words.js";

const locale = language === "vi" ? "vi-VN" : "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const parts = new Intl.NumberFormat(locale, {
  style: "percent",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const short = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const date = new Intl.DateTimeFormat(locale, {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  timeZone: "UTC",
});
const moment = new Intl.DateTimeFormat(locale, {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Asia/Ho_Chi_Minh",
});

/** What stands where there is no figure. */
export const NONE = "–";

/** @typedef {number | null | undefined} Maybe */

/** @param {Maybe} value @returns {string} */
export const count = (value) => (value == null ? NONE : whole.format(value));

/** @param {Maybe} value @returns {string} */
export const number = (value) => (value == null ? NONE : decimal.format(value));

/** @param {Maybe} value a fraction, 0 to 1 @returns {string} with two places */
export const percent = (value) => (value == null ? NONE : parts.format(value));

/** @param {Maybe} value a fraction, 0 to 1 @returns {string} with at most one place */
export const percentShort = (value) => (value == null ? NONE : short.format(value));

/** @param {string | null | undefined} value an ISO day @returns {string} */
export const day = (value) => (value ? date.format(new Date(`${value.slice(0, 10)}T00:00:00Z`)) : NONE);

/** @param {string | null | undefined} value an ISO moment @returns {string} in Vietnam's time */
export const time = (value) => (value ? moment.format(new Date(value)) : NONE);

/** @param {string} value an ISO day @returns {string} of its month, short: T10, Oct */
export const month = (value) => t(`month.${Number(value.slice(5, 7))}`);

/**
 * The people's committee, as everybody shortens it.
 *
 * @param {string} name
 * @returns {string}
 */
export const bodyName = (name) => name.replace(/^Ủy ban nhân dân /, "UBND ");
