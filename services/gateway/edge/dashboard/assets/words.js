// @ts-check
/** The page's texts, in the language that its address names. */

/** @type {"vi" | "en"} */
export const language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "vi";

/** @type {Record<string, string | [one: string, other: string]>} */
const words = await (await fetch(new URL(`words/${language}.json`, import.meta.url))).json();
const plural = new Intl.PluralRules(language);

/**
 * The text of that key, its `{name}` filled. A pair of texts is for one and for more, by `n`'s number in
 * `count`.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [facts]
 * @param {number} [count]
 * @returns {string}
 */
export function t(key, facts = {}, count = 0) {
  const found = words[key] ?? key;
  const text = Array.isArray(found) ? found[plural.select(count) === "one" ? 0 : 1] : found;
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) =>
    String(facts[name] ?? "?"),
  );
}

/**
 * @param {string} key
 * @returns {boolean}
 */
export function known(key) {
  return key in words;
}
