// @ts-check
/** What the page asks the API for, and the shapes of the answers. Whatever two sections show is asked once. */

import { get } from "./api.js";
import * as periods from "./period.js";
import { isStaff } from "./pieces.js";

/** @typedef {import("./state.js").Of} Of */

/** @typedef {{text: string, owner: string | null, due_on: string | null}} Measure */
/** @typedef {{value: number, reached: boolean | null}} Forecast */
/**
 * @typedef {object} Body a body and its target; shares are fractions
 * @property {string} agency
 * @property {string} name
 * @property {string} kind
 * @property {string} government_level
 * @property {number} received
 * @property {number} eligible
 * @property {number} online
 * @property {number | null} value
 * @property {number | null} target
 * @property {string | null} decision
 * @property {string | null} effective_from
 * @property {boolean} reached
 * @property {number | null} lacking
 * @property {number | null} lacking_if_new
 * @property {number | null} gap
 * @property {Forecast | null} forecast
 * @property {Measure[]} measures
 */
/**
 * @typedef {object} Attainment
 * @property {Record<string, string>} definition
 * @property {string} from
 * @property {string} to
 * @property {string} as_of
 * @property {string} agency
 * @property {boolean} synthetic
 * @property {Body} total
 * @property {Body[]} rows
 * @property {{text: string} | null} forecast
 */
/** @typedef {{rank: number | null, agency: string, name: string, received: number, online: number,
 *   value: number | null, target: number | null, score: number | null, change: number | null,
 *   reason: "few" | null}} Ranked */
/** @typedef {{definition: Record<string, string>, rows: Ranked[]}} League */
/** @typedef {{key: string, name: string, values: Record<string, number | null>}} Row */
/** @typedef {{indicator: string, definition: Record<string, string>, agency: string, as_of: string, main: string,
 *   columns: {name: string, label: string, kind: string}[], total: Row, rows: Row[]}} Report */
/** @typedef {{agency: string, name: string, procedure: string, procedure_name: string, online_level: number,
 *   kind: "persuade" | "raise", dossiers: number, used: number, cumulative: number, closes: boolean}} Step */
/** @typedef {{definition: Record<string, string>, received: number, target: number, lacking: number, needed: number | null,
 *   steps: Step[]}} Way */
/** @typedef {{government_level: string, online_level: number, count: number, share: number | null}} Cell */
/** @typedef {{level_3: number, level_4: number, online: number, share: number | null}} Sum */
/** @typedef {{dimension: string, unit: string, value: number, source: string, source_date: string, name: string,
 *   computed: {figure: string, value: number | null, difference: number | null}[]}} Stated */
/** @typedef {{as_of: string, in_force: number, cells: Cell[], cells_total: Sum, distinct: Sum,
 *   stated: Stated[]}} Provision */
/** @typedef {{procedure: {code: string, name: string}, agency: {code: string, name: string},
 *   online_level: number, offered_since: string | null, received: number, received_online: number}} Unused */

/** @typedef {{definition: {texts: Record<string, string>}, items: Unused[], next: string | null}} UnusedPage */

/** How many steps of the shortest way, and services without dossiers, are asked for. */
const STEPS = 20;
const SERVICES = 50;
/** Of how many dossiers a service has few. */
export const FEW = 3;

/**
 * @typedef {object} Asked
 * @property {() => Promise<Attainment>} attainment of the body; its rows: departments and districts
 * @property {() => Promise<Of | null>} of which bodies are compared
 * @property {() => Promise<Body[]>} bodies that are compared
 * @property {() => Promise<League | null>} league of these
 * @property {() => Promise<Body[]>} below departments and districts, or what else stands below the body
 * @property {(indicator: string) => Promise<Report>} report
 * @property {() => Promise<Report>} months of the year in which the period ends
 * @property {() => Promise<Way>} way
 * @property {() => Promise<Provision>} provision
 * @property {() => Promise<UnusedPage>} unused
 */

/**
 * All in the address is known at once, and asked for side by side. Only where the body is the caller's own, or
 * one of which it must first be said what stands below it, one answer is waited for.
 *
 * @param {import("./state.js").State} state
 * @returns {Asked}
 */
export function asked({ period, agency, of }) {
  /** @type {() => Promise<Attainment>} */
  const attainment = () => get("/v1/reports/attainment", { ...period, agency });
  const own = agency === null && isStaff();
  const compared = async () =>
    of ?? (agency === null && !own ? "department" : (offered((await attainment()).total)[0] ?? null));

  async function bodies() {
    const which = await compared();
    /** @type {Attainment} */
    const { rows } = await (which === "commune"
      ? get("/v1/reports/attainment", { ...period, agency, of: which })
      : attainment());
    const level = { department: "province", district: "district", commune: "commune" };
    return which ? rows.filter((row) => row.government_level === level[which]) : [];
  }

  async function below() {
    const { agency: asked, rows } = await attainment();
    const others = rows.filter((row) => row.agency !== asked);
    return others.length ? others : bodies();
  }

  async function league() {
    const which = await compared();
    const whose = own ? (await attainment()).agency : agency;
    return which && get("/v1/reports/league-table", { ...period, agency: whose, of: which });
  }

  return {
    attainment,
    of: compared,
    bodies,
    below,
    league,
    report: (indicator) => get(`/v1/reports/${indicator}`, { ...period, agency, group_by: "channel" }),
    months: () =>
      get("/v1/reports/online-share", { period: periods.year(period), agency, group_by: "month" }),
    way: () => get("/v1/reports/shortest-way", { ...period, agency, limit: STEPS }),
    provision: () => get("/v1/reports/provision"),
    unused: () =>
      get("/v1/reports/services-without-dossiers", {
        since: periods.days(period).from,
        at_most: FEW,
        agency,
        limit: SERVICES,
      }),
  };
}

/**
 * Under a province stand departments, districts and communes; under a district communes; under others none.
 *
 * @param {Body} body
 * @returns {readonly Of[]}
 */
export function offered({ kind, government_level: level }) {
  if (kind !== "peoples_committee") return [];
  return level === "province"
    ? ["department", "district", "commune"]
    : level === "district"
      ? ["commune"]
      : [];
}

/** @param {Body} body @returns {number | null} the other reading of its share */
export const eligibleShare = ({ online, eligible }) => (eligible ? online / eligible : null);

/**
 * The furthest below its target first, then the smallest share; who received nothing last.
 *
 * @param {Body} a
 * @param {Body} b
 */
export const byGap = (a, b) => (b.gap ?? -1) - (a.gap ?? -1) || (a.value ?? 0) - (b.value ?? 0);
