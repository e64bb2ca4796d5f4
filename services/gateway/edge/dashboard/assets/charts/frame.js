// @ts-check
/** What all charts are drawn in, by Chart.js. Each is an image with a name; what it says stands in a table
 * beside it. */

import { h } from "../dom.js";

/** @type {Promise<any>} */
const library = import("../vendor/chart-4.6.1.umd.min.js").then(() => {
  const { Chart } = /** @type {any} */ (globalThis);
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  Chart.defaults.color = colour("ink");
  Chart.defaults.plugins.legend.labels.boxWidth = 14;
  Chart.defaults.plugins.legend.labels.boxHeight = 10;
  return Chart;
});

/** @type {WeakMap<HTMLElement, any>} */
const drawn = new WeakMap();

/** @param {string} name a colour of the style sheet @returns {string} */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * Before its place is emptied, a chart is let go.
 *
 * @param {HTMLElement} place
 */
export function release(place) {
  for (const canvas of place.querySelectorAll("canvas")) drawn.get(canvas)?.destroy();
}

/**
 * A figure of that height; `configure` is called with Chart.js once that is there.
 *
 * @param {string} name what is heard instead of seen
 * @param {number} height in pixels
 * @param {(Chart: any) => object} configure
 * @returns {HTMLElement}
 */
export function chart(name, height, configure) {
  const canvas = h("canvas", { role: "img", "aria-label": name });
  const frame = h("div", { class: "chart" }, canvas);
  frame.style.height = `${height}px`;
  library.then((Chart) => {
    if (canvas.isConnected) drawn.set(canvas, new Chart(canvas, configure(Chart)));
  });
  return frame;
}
