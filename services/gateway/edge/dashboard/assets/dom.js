// @ts-check
/** Elements without markup in strings, so that no text of anybody's can become markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. Properties are attributes; `on…` is a listener; `false`, `null` and `undefined` are left out, but
 * for `aria-…`, to which false is a value.
 *
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    const aria = name.startsWith("aria-");
    if (value === null || value === undefined || (value === false && !aria)) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true && !aria ? "" : String(value));
  }
  element.append(...shown(children));
  return element;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function shown(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : /** @type {Node | string} */ (child)));
}

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E}
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return /** @type {E} */ (found);
}

/**
 * Tells those who hear the page.
 *
 * @param {string} sentence
 */
export function announce(sentence) {
  find("#announcement").textContent = sentence;
}
