// @ts-check
/** Shares of many bodies, each beside its target. */

import { percent, percentShort } from "../format.js";
import { t } from "../words.js";
import { chart, colour } from "./frame.js";

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number | null} value the share that has a target
 * @property {number | null} beside the other reading of it
 * @property {number | null} target
 * @property {boolean} reached
 * @property {string} note what is to be said beside it
 */

/** Pixels of a row, of a bar in it, and of what else there is of the chart. */
const ROW = 40;
const THICK = 14;
const FRAME = 58;

/**
 * A bar a body, with its target as a line across it, and the other reading as a thin bar below.
 *
 * @param {string} name
 * @param {Bar[]} bars
 * @param {(index: number) => void} pick
 * @returns {HTMLElement}
 */
export function bars(name, bars, pick) {
  const most = Math.max(
    0.25,
    ...bars.flatMap((bar) => [bar.value, bar.beside, bar.target].map((share) => share ?? 0)),
  );
  const bar = { barThickness: THICK, minBarLength: 2 };
  const tones = bars.map((bar) => colour(bar.reached ? "reached" : "below"));
  return chart(name, bars.length * ROW + FRAME, () => ({
    type: "bar",
    data: {
      labels: bars.map((bar) => bar.name),
      datasets: [
        { ...bar, data: bars.map((each) => each.value), backgroundColor: tones },
        // As thick as the other, so that it has as much room; its borders make it thin.
        {
          ...bar,
          data: bars.map((each) => each.beside),
          backgroundColor: colour("other"),
          borderColor: colour("card"),
          borderWidth: { top: 4, bottom: 5 },
          borderSkipped: false,
        },
      ],
    },
    options: {
      indexAxis: "y",
      layout: { padding: { top: 22 } },
      scales: {
        x: {
          min: 0,
          max: Math.min(1, Math.ceil(most * 1.2 * 20) / 20),
          grid: { color: colour("line") },
          ticks: { callback: percentShort, maxTicksLimit: 6 },
        },
        y: {
          grid: { display: false },
          afterFit: (/** @type {any} */ scale) => {
            scale.width = Math.min(300, scale.chart.width * 0.42);
          },
          ticks: {
            autoSkip: false,
            crossAlign: "far",
            callback: (/** @type {any} */ _, /** @type {number} */ index) => wrapped(bars[index].name),
          },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: (/** @type {any} */ { datasetIndex, raw }) =>
              `${t(datasetIndex ? "reading.eligible.short" : "reading.all.short")}: ${percent(raw)}`,
          },
        },
      },
      onHover: (/** @type {any} */ { native }, /** @type {any[]} */ hits) => {
        native.target.style.cursor = hits.length ? "pointer" : "";
      },
      onClick: (/** @type {any} */ _, /** @type {any[]} */ hits) => hits[0] && pick(hits[0].index),
    },
    plugins: [targetLine(bars), notes(bars)],
  }));
}

/** @param {string} name @returns {string | string[]} in at most two lines */
function wrapped(name) {
  const most = matchMedia("(max-width: 640px)").matches ? 19 : 40;
  if (name.length <= most) return name;
  const words = name.split(" ");
  const lines = [""];
  for (const word of words) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.length > 2 ? [lines[0], `${lines[1]}…`] : lines;
}

/**
 * Each bar's target: one line where all are the same, named at its top.
 *
 * @param {Bar[]} bars
 */
function targetLine(bars) {
  return {
    id: "targetLine",
    afterDatasetsDraw(/** @type {any} */ { ctx, chartArea, scales }) {
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("ink");
      ctx.lineWidth = 2;
      ctx.setLineDash([5, 3]);
      const band = chartArea.height / bars.length;
      bars.forEach(({ target }, index) => {
        if (target === null) return;
        const x = scales.x.getPixelForValue(target);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top + index * band);
        ctx.lineTo(x, chartArea.top + (index + 1) * band);
        ctx.stroke();
      });
      const [first] = bars;
      if (first?.target != null) {
        ctx.textAlign = "center";
        ctx.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
        const text = `${t("target")} ${percentShort(first.target)}`;
        ctx.fillText(text, scales.x.getPixelForValue(first.target), chartArea.top - 8);
      }
      ctx.restore();
    },
  };
}

/**
 * The figures at each bar's ends, and what is to be said of it where there is room.
 *
 * @param {Bar[]} bars
 */
function notes(bars) {
  return {
    id: "notes",
    afterDatasetsDraw(/** @type {any} */ chart) {
      const family = getComputedStyle(document.body).fontFamily;
      chart.ctx.save();
      chart.ctx.textBaseline = "middle";
      bars.forEach((bar, index) => {
        const [main, beside] = [0, 1].map((dataset) => chart.getDatasetMeta(dataset).data[index].y);
        const text = percent(bar.value) + (bar.note && chart.width > 520 ? ` · ${bar.note}` : "");
        chart.ctx.font = `13px ${family}`;
        write(chart, text, bar.value ?? 0, main, bar.target, "ink");
        chart.ctx.font = `12px ${family}`;
        if (bar.beside !== null) write(chart, percent(bar.beside), bar.beside, beside, bar.target, "soft");
      });
      chart.ctx.restore();
    },
  };
}

/**
 * Behind a bar's end, or beyond the target's line, which would else go through the text.
 *
 * @param {any} chart
 * @param {string} text
 * @param {number} share where the bar ends
 * @param {number} y
 * @param {number | null} target
 * @param {string} tone
 */
function write({ ctx, chartArea, scales }, text, share, y, target, tone) {
  const width = ctx.measureText(text).width;
  const end = scales.x.getPixelForValue(share);
  const line = scales.x.getPixelForValue(target ?? 0);
  const crossed = line > end && line < end + width + 14;
  const x = Math.min((crossed ? line : end) + 7, chartArea.right - width);
  ctx.fillStyle = colour("card");
  ctx.fillRect(x - 2, y - THICK / 2, width + 4, THICK);
  ctx.fillStyle = colour(tone);
  ctx.fillText(text, x, y);
}
