// @ts-check
/** Chooses the body: where it stands, and a dialog with all of them to search in. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { bodyName } from "../format.js";
import { bodyLink, failure, note, waiting } from "../pieces.js";
import { t } from "../words.js";

/** @typedef {{code: string, name: string, kind: string, government_level: string, parent_code: string | null}} Agency */

/**
 * The bodies above, nearest last, and the button that opens the list.
 *
 * @param {string | null} name null: it is not known
 * @param {{code: string, name: string}[]} ancestors nearest first
 * @returns {HTMLElement}
 */
export function bodyPicker(name, ancestors) {
  const above = [...ancestors]
    .reverse()
    .map(({ code, name: own }) => h("li", {}, bodyLink(code, bodyName(own))));
  return h(
    "nav",
    { class: "picker", "aria-label": t("body") },
    name !== null && h("ol", { class: "path" }, above, h("li", { "aria-current": "page" }, bodyName(name))),
    h("button", { type: "button", "aria-haspopup": "dialog", onclick: choose }, t("body.choose")),
  );
}

/** @param {string} agency @returns {Promise<{code: string, name: string}[]>} nearest first; none while nobody says */
export async function ancestorsOf(agency) {
  const found = await get(`/v1/agencies/${encodeURIComponent(agency)}`).catch(() => null);
  return found?.ancestors ?? [];
}

async function choose() {
  const dialog = /** @type {HTMLDialogElement} */ (
    h("dialog", { class: "bodies", "aria-labelledby": "choose-body" })
  );
  const list = h("div", { class: "tree" }, waiting());
  const input = /** @type {HTMLInputElement} */ (
    h("input", { type: "search", id: "find-body", autocomplete: "off" })
  );
  const shut = h(
    "button",
    { type: "button", class: "shut", "aria-label": t("close"), onclick: () => dialog.close() },
    "✕",
  );
  const label = h("label", { for: "find-body" }, h("span", {}, t("body.search")), input);
  dialog.append(shut, h("h2", { id: "choose-body" }, t("body.choose")), label, list);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target === dialog || target.closest("a")) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  const load = async () => {
    try {
      /** @type {Agency[]} */
      const agencies = await get("/v1/agencies");
      const draw = () => list.replaceChildren(...found(agencies, input.value));
      input.addEventListener("input", draw);
      draw();
    } catch (error) {
      list.replaceChildren(failure(error, load));
    }
  };
  await load();
}

/** @param {string} text @returns {string} as people type it, without marks */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

/**
 * By parent: the bodies of the province, then those of each district.
 *
 * @param {Agency[]} agencies
 * @param {string} search
 * @returns {HTMLElement[]}
 */
function found(agencies, search) {
  const words = plain(search).split(/\s+/).filter(Boolean);
  const fits = agencies.filter((agency) => words.every((word) => plain(agency.name).includes(word)));
  const names = new Map(agencies.map((agency) => [agency.code, agency.name]));
  /** @type {Map<string, Agency[]>} */
  const groups = new Map();
  for (const agency of fits) {
    const parent = agency.parent_code ?? "";
    groups.set(parent, [...(groups.get(parent) ?? []), agency]);
  }
  if (!groups.size) return [note(t("body.none"))];
  return [...groups].map(([parent, children]) =>
    h(
      "section",
      {},
      parent && h("h3", {}, bodyName(names.get(parent) ?? parent)),
      h(
        "ul",
        {},
        children.map((agency) => h("li", {}, bodyLink(agency.code, bodyName(agency.name)))),
      ),
    ),
  );
}
