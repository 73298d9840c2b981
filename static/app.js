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
})();
