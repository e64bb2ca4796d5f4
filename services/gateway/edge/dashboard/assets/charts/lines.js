// @ts-check
/** Shares over months. */

import { percent, percentShort } from "../format.js";
import { chart, colour } from "./frame.js";

/** @typedef {{name: string, values: (number | null)[], tone: string, dash?: number[], fill?: boolean}} Line */

/**
 * @param {string} name
 * @param {string[]} labels
 * @param {Line[]} lines
 * @returns {HTMLElement}
 */
export function lines(name, labels, lines) {
  return chart(name, 260, () => ({
    type: "line",
    data: {
      labels,
      datasets: lines.map((line) => ({
        label: line.name,
        data: line.values,
        borderColor: colour(line.tone),
        backgroundColor: line.fill ? `${colour(line.tone)}22` : colour(line.tone),
        borderDash: line.dash ?? [],
        borderWidth: 2.5,
        fill: line.fill ?? false,
        pointRadius: line.dash ? 0 : 3,
        spanGaps: false,
      })),
    },
    options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        y: {
          min: 0,
          grace: "8%",
          grid: { color: colour("line") },
          ticks: { callback: percentShort, maxTicksLimit: 6 },
        },
        x: { grid: { display: false } },
      },
      plugins: {
        legend: {
          position: "bottom",
          labels: { usePointStyle: true, pointStyle: "line", pointStyleWidth: 28 },
        },
        tooltip: {
          callbacks: {
            label: (/** @type {any} */ { dataset, raw }) => `${dataset.label}: ${percent(raw)}`,
          },
        },
      },
    },
  }));
}
