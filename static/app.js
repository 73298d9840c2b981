// Small comforts; every page works without them.
(() => {
  "use strict";
  const root = document.documentElement;

  // Light or dark by the system until the switch is used; the choice is kept in a cookie the server reads.
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = dark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-needs-script]").forEach((element) => element.removeAttribute("hidden"));
    document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  });

  // Nothing is asked while nobody looks; on return everything is asked at once.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.matches("[data-live]")) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.querySelectorAll("[data-live]").forEach((element) => window.htmx?.trigger(element, "refresh"));
  });

  // What was unfolded or ticked stays so when a part of the page is replaced.
  let open = [], ticked = [];
  const ids = (selector) => [...document.querySelectorAll(selector)].map((element) => element.id).filter(Boolean);
  const each = (found, change) => found.map((id) => document.getElementById(id)).filter(Boolean).forEach(change);
  document.addEventListener("htmx:beforeSwap", () => {
    open = ids("details[open]");
    ticked = ids("input[type=checkbox]:checked");
  });
  document.addEventListener("htmx:afterSwap", () => {
    each(open, (element) => { element.open = true; });
    each(ticked, (element) => { element.checked = true; });
  });

  // Indicators are copied; without a clipboard the link leads to them.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-copy]");
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const answer = await fetch(link.href);
    await navigator.clipboard.writeText(await answer.text());
    link.textContent = link.dataset.copy;
  });

  // Rows: choose all, choose a range
  const picks = () => [...document.querySelectorAll("input[name=ids]")];
  let last = null;
  const pick = (box, range) => {
    const boxes = picks(), here = boxes.indexOf(box), there = boxes.indexOf(last);
    if (range && there >= 0) boxes.slice(Math.min(here, there), Math.max(here, there) + 1).forEach((one) => { one.checked = box.checked; });
    last = box;
  };
  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-pick-all]")) picks().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("input[name=ids]")) pick(event.target, event.shiftKey);
  });

  // Keys, with a switch that turns them off for good; none of them works inside a field
  const off = () => document.cookie.includes("keys=off");
  const help = () => document.getElementById("keys");
  const rows = () => [...document.querySelectorAll("a.subject")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  const current = () => document.activeElement?.closest("tr")?.querySelector("input[name=ids]");
  const decide = (action) => {
    const box = current(), bulk = document.getElementById("bulk");
    if (box && bulk) {
      if (!picks().some((one) => one.checked)) box.checked = true;
      bulk.elements.action.value = action;
      bulk.requestSubmit();
    } else document.querySelector(`.actions button[value=${action}]`)?.click();
  };
  const chosen = (range) => {
    const box = current();
    if (!box) return;
    box.checked = !box.checked;
    pick(box, range);
  };
  const go = { s: "/submissions/", c: "/campaigns/", d: "/dashboard/", w: "/whitelist/" };
  const keys = {
    "/": () => document.querySelector("input[type=search]")?.focus(),
    j: () => step(1), k: () => step(-1), x: () => chosen(false), X: () => chosen(true),
    e: () => decide("confirm"), r: () => decide("again"), "?": () => help()?.showModal(),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || help()?.open) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const leads = before === "g" ? go[event.key] : null;
    before = event.key;
    if (leads) location.assign(leads);
    else if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  const label = () => { const button = document.querySelector("[data-keys-switch]"); if (button) button.textContent = off() ? "Switch keys on" : "Switch keys off"; };
  document.addEventListener("DOMContentLoaded", label);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) help()?.showModal();
    if (!event.target.closest("[data-keys-switch]")) return;
    document.cookie = `keys=${off() ? "on" : "off"}; path=/; max-age=31536000; samesite=lax`;
    label();
  });
})();
