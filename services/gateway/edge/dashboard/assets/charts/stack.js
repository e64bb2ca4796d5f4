// @ts-check
/** Parts of one whole. */

import { count } from "../format.js";
import { chart, colour } from "./frame.js";

/**
 * In a single bar.
 *
 * @param {string} name
 * @param {{name: string, value: number, tone: string}[]} parts
 * @returns {HTMLElement}
 */
export function stack(name, parts) {
  return chart(name, 118, () => ({
    type: "bar",
    data: {
      labels: [""],
      datasets: parts.map((part) => ({
        label: part.name,
        data: [part.value],
        backgroundColor: colour(part.tone),
        borderColor: colour("card"),
        borderWidth: { right: 2 },
        barThickness: 34,
      })),
    },
    options: {
      indexAxis: "y",
      scales: {
        x: { stacked: true, display: false, max: parts.reduce((sum, part) => sum + part.value, 0) },
        y: { stacked: true, display: false },
      },
      plugins: {
        legend: { position: "bottom" },
        tooltip: {
          callbacks: {
            label: (/** @type {any} */ { dataset, raw }) => `${dataset.label}: ${count(raw)}`,
          },
        },
      },
    },
  }));
}
