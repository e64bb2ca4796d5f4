// @ts-check
/** Lists of which one is shown at a time, each read on when somebody wants more of it. */

import { h } from "../dom.js";
import { count } from "../format.js";
import { failure, waiting } from "../pieces.js";
import { t } from "../words.js";

/**
 * @typedef {object} Tab
 * @property {string} id
 * @property {string} title
 * @property {number} number how many are in it
 */
/** @typedef {{nodes: Node[], next: string | null}} Page */

/**
 * Tabs as the ARIA practices describe them, each chosen by the button itself.
 *
 * @param {string} name
 * @param {Tab[]} tabs
 * @param {string} first the one that is open
 * @param {(tab: string, cursor: string | null) => Promise<Page>} load
 * @returns {HTMLElement}
 */
export function lists(name, tabs, first, load) {
  const panel = h("div", { class: "panel", "aria-live": "polite" });
  const buttons = tabs.map((tab) =>
    h(
      "button",
      { type: "button", "aria-pressed": tab.id === first, onclick: () => choose(tab.id) },
      `${tab.title} (${count(tab.number)})`,
    ),
  );
  let chosen = first;

  /** @param {string} id */
  function choose(id) {
    chosen = id;
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(tabs[index].id === id)));
    panel.replaceChildren();
    more(id, null);
  }

  /**
   * @param {string} id
   * @param {string | null} cursor
   */
  async function more(id, cursor) {
    const place = h("div", {}, waiting());
    panel.append(place);
    try {
      const { nodes, next } = await load(id, cursor);
      if (chosen !== id) return;
      const on = h(
        "button",
        { type: "button", class: "plain more", onclick: () => (on.remove(), more(id, next)) },
        t("more"),
      );
      place.replaceChildren(...nodes, ...(next ? [on] : []));
    } catch (error) {
      if (chosen === id) place.replaceChildren(failure(error, () => (place.remove(), more(id, cursor))));
    }
  }

  choose(first);
  return h(
    "section",
    {},
    h("h3", {}, name),
    h("div", { class: "choice", role: "group", "aria-label": name }, buttons),
    panel,
  );
}
