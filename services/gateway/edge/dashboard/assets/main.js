// @ts-check
/** Puts the page together, and keeps it in line with its address. */

import { ancestorsOf, bodyPicker } from "./controls/body.js";
import { periodPicker } from "./controls/period.js";
import { session } from "./controls/session.js";
import { release } from "./charts/frame.js";
import { announce, find, h } from "./dom.js";
import * as explain from "./explain/dialog.js";
import { asked, offered } from "./figures.js";
import { bodyName, day, time } from "./format.js";
import * as periods from "./period.js";
import { failure, note, waiting } from "./pieces.js";
import * as bodies from "./sections/bodies.js";
import * as glance from "./sections/glance.js";
import * as league from "./sections/league.js";
import * as ontime from "./sections/ontime.js";
import * as paid from "./sections/paid.js";
import * as provision from "./sections/provision.js";
import * as trend from "./sections/trend.js";
import * as unused from "./sections/unused.js";
import * as way from "./sections/way.js";
import { current, go } from "./state.js";
import { language, t } from "./words.js";

/** @typedef {import("./figures.js").Attainment} Attainment */
/** @typedef {import("./figures.js").Body} Body */
/** @typedef {import("./state.js").State} State */

const SECTIONS = [glance, bodies, league, trend, way, ontime, paid, unused, provision];

/** Which view is being shown: what arrives for an earlier one is dropped. */
let turn = 0;
/** The view whose figures are shown, so that opening an explanation asks for none of them again. */
let shown = "";

function skeleton() {
  document.documentElement.lang = language;
  document.title = t("title");
  find(".skip").textContent = t("skip");
  find(".brand a").textContent = t("brand");
  find("footer").replaceChildren(h("p", {}, t("footer"), " ", h("a", { href: "/docs" }, t("footer.api"))));
  const section = (/** @type {{id: string}} */ { id }) =>
    h(
      "section",
      { id, "aria-labelledby": `${id}-title` },
      h(
        "h2",
        { id: `${id}-title`, tabindex: -1, class: id === "glance" ? "unseen" : null },
        t(`${id}.title`),
      ),
      h("p", { class: "about" }, t(`${id}.about`)),
      h("div", { class: "content" }),
    );
  const [first, second, third, ...others] = SECTIONS.map(section);
  find("main").replaceChildren(
    h(
      "div",
      { class: "head" },
      h("h1", { tabindex: -1 }, t("title")),
      h("p", { id: "covers" }),
      h("div", { class: "pickers" }, h("div", { id: "body-picker" }), h("div", { id: "period-picker" })),
    ),
    h("div", { id: "synthetic" }),
    first,
    h("div", { class: "compare" }, h("div", { id: "kinds" }), second, third),
    h("div", { class: "pairs" }, others),
  );
}

async function show() {
  const state = current();
  explain.show(state);
  const view = JSON.stringify([state.period, state.agency, state.of]);
  if (view === shown) return;
  shown = view;
  const own = ++turn;
  const present = () => own === turn;
  session();
  keepingFocus(find("#period-picker"), () => periodPicker(state.period));
  const figures = asked(state);
  const drawn = SECTIONS.map((section) => fill(section, figures, present));
  try {
    head(await figures.attainment(), state, present);
  } catch {
    // The sections say what failed; what is left to do is to choose another body.
    find("#body-picker").replaceChildren(bodyPicker(null, []));
    kinds(null, state);
  }
  await Promise.all(drawn);
  if (present()) announce(t("updated", { title: find("h1").textContent ?? "" }));
}

/**
 * Redraws a control; whoever stood in it stays there.
 *
 * @param {HTMLElement} place
 * @param {() => HTMLElement} draw
 */
function keepingFocus(place, draw) {
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
  place.replaceChildren(draw());
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * A section waits, is drawn, or says that it could not be had; the others go on.
 *
 * @param {{id: string, load: (asked: any) => Promise<any>, draw: (found: any) => import("./dom.js").Child[]}} section
 * @param {import("./figures.js").Asked} figures
 * @param {() => boolean} present
 */
async function fill({ id, load, draw }, figures, present) {
  const place = find(`#${id} .content`);
  place.setAttribute("aria-busy", "true");
  if (!place.childElementCount) place.replaceChildren(waiting());
  /** @type {import("./dom.js").Child[]} */
  let nodes;
  try {
    nodes = draw(await load(figures));
  } catch (error) {
    nodes = [failure(error, () => again(id))];
  }
  if (!present()) return;
  release(place);
  place.replaceChildren(...h("div", {}, nodes).childNodes);
  place.removeAttribute("aria-busy");
}

/**
 * Asks anew for what failed; what is there is shown as it is.
 *
 * @param {string} id of the section in which somebody wants that
 */
async function again(id) {
  shown = "";
  await show();
  find(`#${id}-title`).focus();
}

/**
 * Whose figures, of which days, and which bodies there are to compare.
 *
 * @param {Attainment} attainment
 * @param {State} state
 * @param {() => boolean} present
 */
async function head(attainment, state, present) {
  if (!present()) return;
  const { total, synthetic, from, to, as_of: asOf } = attainment;
  const name = bodyName(total.name);
  find("h1").textContent = name;
  document.title = `${name} · ${t("title")}`;
  find("#covers").textContent = t("covers", {
    period: periods.words(state.period),
    from: day(from),
    to: day(to),
    as_of: time(asOf),
  });
  find("#synthetic").replaceChildren(
    ...(synthetic ? [note("", "warning", h("strong", {}, t("synthetic.title")), " ", t("synthetic"))] : []),
  );
  kinds(total, state);
  const ancestors = await ancestorsOf(attainment.agency);
  if (present()) find("#body-picker").replaceChildren(bodyPicker(total.name, ancestors));
}

/**
 * Which bodies are compared.
 *
 * @param {Body | null} total
 * @param {State} state
 */
function kinds(total, state) {
  const choices = total ? offered(total) : [];
  const chosen = state.of ?? choices[0];
  const buttons = choices.map((of) =>
    h(
      "button",
      { type: "button", "aria-pressed": of === chosen, onclick: () => go({ of, explain: null }) },
      t(`of.${of}`),
    ),
  );
  const place = find("#kinds");
  const focused = place.contains(document.activeElement);
  place.replaceChildren(
    ...(buttons.length > 1
      ? [h("div", { class: "choice", role: "group", "aria-label": t("kinds") }, buttons)]
      : []),
  );
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector("[aria-pressed=true]"))?.focus();
  find(".compare").hidden = total !== null && !choices.length;
}

addEventListener("state", show);
addEventListener("popstate", show);
addEventListener("beforeprint", () =>
  document.querySelectorAll("details").forEach((each) => (each.open = true)),
);
skeleton();
explain.prepare();
show();
