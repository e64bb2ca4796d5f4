// @ts-check
/** Opens a figure: its definition, what it is made of, and the single facts behind it. */

import { announce, find, h } from "../dom.js";
import { failure, waiting } from "../pieces.js";
import { go } from "../state.js";
import { t } from "../words.js";
import * as dossiers from "./dossiers.js";
import * as provision from "./provision.js";

/** @typedef {import("../state.js").State} State */

/** @type {HTMLDialogElement} */
const dialog = /** @type {any} */ (h("dialog", { "aria-labelledby": "explained", class: "explain" }));
const content = h("div", {});
/** What is open, so that the same is not opened anew. */
let open = "";

/** Once, when the page begins. */
export function prepare() {
  const shut = h(
    "button",
    { type: "button", class: "shut", onclick: () => dialog.close(), "aria-label": t("close") },
    "✕",
  );
  dialog.append(shut, content);
  dialog.addEventListener("close", () => {
    open = "";
    go({ explain: null });
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
}

/**
 * Brings the dialog in line with the state.
 *
 * @param {State} state
 */
export function show(state) {
  const wanted = state.explain ? JSON.stringify([state.explain, state.period, state.agency]) : "";
  if (wanted === open) return;
  open = wanted;
  if (!wanted) {
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  fill(state, wanted);
}

/**
 * @param {State} state
 * @param {string} wanted
 */
async function fill(state, wanted) {
  const subject = /** @type {import("../state.js").Subject} */ (state.explain);
  const kind = subject.indicator === "provision" ? provision : dossiers;
  content.replaceChildren(heading(t("explain")), waiting());
  try {
    const { title, nodes } = await kind.load(state, subject);
    if (open !== wanted) return;
    content.replaceChildren(heading(title), ...nodes);
    announce(title);
  } catch (error) {
    if (open === wanted)
      content.replaceChildren(
        heading(t("explain")),
        failure(error, () => fill(state, wanted)),
      );
  }
  find("h2", content).focus();
}

/** @param {string} text */
const heading = (text) => h("h2", { id: "explained", tabindex: -1 }, text);
