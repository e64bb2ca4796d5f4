// @ts-check
/** Fees that were paid online. */

import { h } from "../dom.js";
import { count, percent } from "../format.js";
import { explainer, figure, note } from "../pieces.js";
import { t } from "../words.js";

export const id = "paid";

/** @param {import("../figures.js").Asked} asked */
export const load = (asked) => asked.report("paid-online");

/** @param {import("../figures.js").Report} report */
export function draw({ total, agency }) {
  const { fee_dossiers: fees, fee_online: online, share_paid_online: share } = total.values;
  if (!fees) return [note(t("empty.fees"))];
  const subject = { indicator: "paid-online", agency };
  return [
    h("p", { class: "hero" }, figure(percent(share), subject, t("paid"))),
    h("p", { class: "sum" }, t("paid.sum", { online: count(online), fees: count(fees) })),
    explainer(subject, t("paid")),
  ];
}
