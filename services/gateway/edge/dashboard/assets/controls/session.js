// @ts-check
/** The line at the top: who is logged in, the other language, printing. */

import { get, post } from "../api.js";
import { find, h } from "../dom.js";
import { loginAddress } from "../pieces.js";
import { addressOf } from "../state.js";
import { language, t } from "../words.js";

/** Draws it anew: its links lead back to the present view. */
export async function session() {
  const nav = find(".top nav");
  const other = language === "vi" ? "en" : "vi";
  const links = [
    h(
      "a",
      { href: addressOf({ lang: other }), lang: other, hreflang: other },
      other === "en" ? "English" : "Tiếng Việt",
    ),
    h("button", { type: "button", class: "bare", onclick: () => print() }, t("print")),
  ];
  nav.setAttribute("aria-label", t("page"));
  if (!document.documentElement.dataset.caller) {
    nav.replaceChildren(...links, h("a", { href: loginAddress() }, t("login.staff")));
    return;
  }
  nav.replaceChildren(...links);
  const me = await get("/v1/me").catch(() => null);
  if (!me) return;
  const leave = async () => {
    await post("/v1/auth/logout", me.csrf ?? "").catch(() => null);
    location.reload();
  };
  nav.replaceChildren(
    ...links,
    h("span", { class: "who" }, me.name),
    h("button", { type: "button", class: "bare", onclick: leave }, t("logout")),
  );
}
