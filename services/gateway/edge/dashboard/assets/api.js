// @ts-check
/** Calls of `/v1`, in the page's language. */

import { language } from "./words.js";

/** How long an answer is taken for the present state, in milliseconds. */
const FRESH = 60_000;
/** How long a section waits for its figures before it says so, in milliseconds. */
const PATIENCE = 30_000;

/** @typedef {Record<string, string | number | null | undefined>} Query */
/** @typedef {{title: string, status: number, detail?: string, code?: string}} Problem RFC 9457 */

/** The API refused, or nobody answered (`status` 0). */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }

  /** Whether asking again may help. */
  get passing() {
    return this.problem.status === 0 || this.problem.status === 429 || this.problem.status >= 500;
  }
}

/** @type {Map<string, {answer: Promise<any>, asked: number}>} */
const kept = new Map();

/**
 * @param {string} path
 * @param {Query} [query] what is null, undefined or empty is left out
 * @returns {string}
 */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length ? `${path}?${search}` : path;
}

/**
 * The JSON at that address; asked once, however many sections show something of it.
 *
 * @param {string} path
 * @param {Query} [query]
 * @returns {Promise<any>}
 * @throws {Refused}
 */
export function get(path, query = {}) {
  const url = address(path, query);
  const known = kept.get(url);
  if (known && Date.now() - known.asked < FRESH) return known.answer;
  const answer = ask(url, {});
  kept.set(url, { answer, asked: Date.now() });
  answer.catch(() => kept.delete(url));
  return answer;
}

/**
 * Changes something, with the session's token against forgery.
 *
 * @param {string} path
 * @param {string} csrf
 * @returns {Promise<any>}
 * @throws {Refused}
 */
export function post(path, csrf) {
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/x-www-form-urlencoded" };
  return ask(path, { method: "POST", headers });
}

/**
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
async function ask(url, options) {
  const headers = { Accept: "application/json", "Accept-Language": language, ...options.headers };
  let response;
  try {
    response = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Refused({ title: "", status: 0 });
  }
  const body = await response.json().catch(() => null);
  if (!response.ok || body === null) {
    throw new Refused({ ...body, title: body?.title ?? "", status: response.ok ? 0 : response.status });
  }
  return body;
}
