"use strict";
// The page of a text: preview while one types, insert a placeholder by a click.
(() => {
  const tools = document.querySelector("[data-preview-url]");
  if (!tools) return;
  const form = document.getElementById("template_form");
  const fields = ["subject", "body_text", "body_html"].map((name) => form.elements[name]);
  const frame = tools.querySelector("iframe");
  const plain = tools.querySelector("[data-plain]");
  const subject = tools.querySelector("[data-subject]");
  const faults = tools.querySelector("[data-faults]");
  const values = tools.querySelector("select[name=values]");
  const part = () => tools.querySelector("input[name=part]:checked").value;
  const WAIT = 250;
  let last = fields[1];
  let timer;
  let newest = 0;

  const show = (mail) => {
    subject.textContent = mail.subject;
    plain.textContent = mail.text;
    const html = mail.html.replaceAll("cid:logo@mailmonitor", `data:image/png;base64,${mail.logo}`);
    const dark = html.replaceAll("@media (prefers-color-scheme: dark)", "@media all");
    frame.srcdoc = part() === "dark" ? dark : html;
    frame.style.width = part() === "narrow" ? "320px" : "100%";
    frame.hidden = part() === "text";
    plain.hidden = part() !== "text";
    const lines = Object.entries(mail.faults).flatMap(([field, words]) => words.map((one) => `${field}: ${one}`));
    if (mail.removed.length) lines.push(`Taken out of the HTML at save: ${mail.removed.join(", ")}`);
    faults.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  };

  const refresh = async () => {
    const turn = ++newest;
    const body = new FormData(form);
    body.set("values", values.value);
    const answer = await fetch(tools.dataset.previewUrl, { method: "POST", body, credentials: "same-origin" });
    if (answer.ok && turn === newest) show(await answer.json());
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  };

  for (const field of fields) {
    field.addEventListener("input", soon);
    field.addEventListener("focus", () => { last = field; });
  }
  for (const control of tools.querySelectorAll("select[name=values], input[name=part]")) {
    control.addEventListener("change", refresh);
  }
  for (const button of document.querySelectorAll("[data-placeholder]")) {
    button.addEventListener("click", () => {
      last.setRangeText(button.dataset.placeholder, last.selectionStart, last.selectionEnd, "end");
      last.focus();
      soon();
    });
  }
  refresh();
})();
