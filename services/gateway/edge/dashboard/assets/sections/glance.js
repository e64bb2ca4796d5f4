// @ts-check
/** The body at a glance: both readings of its share, always side by side. */

import { h } from "../dom.js";
import { byGap, eligibleShare } from "../figures.js";
import { bodyName, count, day, percent, percentShort } from "../format.js";
import { badge, bodyLink, explainer, figure, note, rules } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {import("../figures.js").Attainment} Attainment */
/** @typedef {import("../figures.js").Body} Body */

export const id = "glance";

/** @typedef {{attainment: Attainment, below: Body[]}} Found */

/** @param {import("../figures.js").Asked} asked @returns {Promise<Found>} */
export const load = async (asked) => ({ attainment: await asked.attainment(), below: await asked.below() });

/** @param {Found} found */
export function draw(found) {
  const { total, definition } = found.attainment;
  if (!total.received) return [note(t("empty.period"))];
  const scale = Math.max(
    0.25,
    ...[total.value, total.target, eligibleShare(total)].map((share) => (share ?? 0) * 1.15),
  );
  return [
    h("div", { class: "readings" }, byAll(total, scale), byEligible(total, scale)),
    contradiction(total),
    h("div", { class: "tiles" }, tiles(found)),
    measures(total),
    rules(t("glance.rules"), [definition.target, definition.lacking, definition.forecast]),
  ];
}

/**
 * The reading that the target is set in.
 *
 * @param {Body} total
 * @param {number} scale the share at the gauges' right end
 */
function byAll(total, scale) {
  const subject = { indicator: "online-share", agency: total.agency };
  return h(
    "article",
    { class: "reading main" },
    h("h3", {}, t("reading.all")),
    h(
      "p",
      { class: "hero" },
      figure(percent(total.value), subject, t("reading.all")),
      badge(total.target === null ? null : total.reached),
    ),
    gauge(total.value, total.target, scale, total.reached),
    h(
      "p",
      { class: "sum" },
      t("reading.all.sum", { online: count(total.online), received: count(total.received) }),
    ),
    total.decision &&
      h(
        "p",
        { class: "sum" },
        t("target.by", { target: percentShort(total.target), decision: total.decision }),
      ),
    total.lacking
      ? h("p", { class: "lacking" }, t("lacking", { n: count(total.lacking) }, total.lacking))
      : null,
    explainer(subject, t("reading.all")),
  );
}

/**
 * The other reading, which some reports take instead.
 *
 * @param {Body} total
 * @param {number} scale
 */
function byEligible(total, scale) {
  const subject = { indicator: "online-share", agency: total.agency, column: "share_eligible" };
  const share = eligibleShare(total);
  return h(
    "article",
    { class: "reading" },
    h("h3", {}, t("reading.eligible")),
    h("p", { class: "hero" }, figure(percent(share), subject, t("reading.eligible"))),
    gauge(share, null, scale, null),
    h(
      "p",
      { class: "sum" },
      t("reading.eligible.sum", { online: count(total.online), eligible: count(total.eligible) }),
    ),
    h("p", { class: "sum" }, t("reading.eligible.not")),
    explainer(subject, t("reading.eligible")),
  );
}

/**
 * A bar from nothing to `scale`, with a mark at the target. What it says stands in words beside it.
 *
 * @param {number | null} share
 * @param {number | null} target
 * @param {number} scale
 * @param {boolean | null} reached
 */
function gauge(share, target, scale, reached) {
  const filled = h("span", { class: `filled ${reached === null ? "other" : reached ? "reached" : "below"}` });
  filled.style.width = `${(100 * (share ?? 0)) / scale}%`;
  const mark = target !== null && h("span", { class: "mark" }, h("span", {}, percentShort(target)));
  if (mark && target !== null) mark.style.left = `${(100 * target) / scale}%`;
  return h("div", { class: "gauge", "aria-hidden": "true" }, filled, mark);
}

/**
 * Where the two readings lie on two sides of the target, this is said, whatever any report calls itself.
 *
 * @param {Body} total
 */
function contradiction(total) {
  const other = eligibleShare(total);
  if (total.target === null || total.value === null || other === null) return null;
  const facts = { all: percent(total.value), eligible: percent(other), target: percentShort(total.target) };
  if (total.reached || other < total.target) return null;
  return note("", "warning", h("strong", {}, t("contradiction.title")), " ", t("contradiction", facts));
}

/** @param {Found} found */
function tiles({ attainment, below }) {
  const { total } = attainment;
  const furthest = below.filter((row) => row.gap).sort(byGap)[0];
  const counted = (/** @type {"received" | "online"} */ column) =>
    figure(count(total[column]), { indicator: "online-share", agency: total.agency, column }, t(column));
  return [
    tile(t("received"), counted("received"), t("received.what")),
    tile(t("online"), counted("online"), t("online.what")),
    furthest &&
      tile(
        t("furthest"),
        bodyLink(furthest.agency, bodyName(furthest.name)),
        h("span", {}, percent(furthest.value), " · "),
        h("strong", {}, t("lacking", { n: count(furthest.lacking) }, furthest.lacking ?? 0)),
      ),
    forecast(attainment),
  ];
}

/**
 * @param {string} title
 * @param {Node} value
 * @param {...import("../dom.js").Child} about
 */
function tile(title, value, ...about) {
  return h(
    "div",
    { class: "tile" },
    h("h3", {}, title),
    h("p", { class: "value" }, value),
    h("p", { class: "sum" }, ...about),
  );
}

/** @param {Attainment} attainment */
function forecast({ total, forecast: method }) {
  if (!total.forecast || !method) return null;
  const { value, reached } = total.forecast;
  return tile(
    t("forecast"),
    h("span", { class: "hero" }, percent(value), badge(reached)),
    h("span", { class: "small" }, method.text),
  );
}

/** @param {Body} total */
function measures(total) {
  if (!total.measures?.length) return null;
  const items = total.measures.map(({ text, owner, due_on }) =>
    h("li", {}, [text, owner, due_on && t("due", { day: day(due_on) })].filter(Boolean).join(" · ")),
  );
  return h("details", {}, h("summary", {}, t("measures", { n: items.length })), h("ul", {}, items));
}
