// The card editor: pictures go up as soon as they are chosen, pasted or dropped, and stand where the cursor is.
// Without this file the form sends them itself, and its Preview button shows the card.
"use strict";
(() => {
  const form = document.getElementById("editor");
  if (!form) return;
  const file = form.elements.picture;
  const progress = form.querySelector("[data-progress]");
  let field = form.elements.answer;
  field.setSelectionRange(field.value.length, field.value.length);
  const areas = [form.elements.prompt, form.elements.answer];
  let isChanged = false;
  let isSending = false;

  for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;

  for (const area of areas) {
    area.addEventListener("focus", () => { field = area; });
    area.addEventListener("paste", (event) => take(event, event.clipboardData));
    area.addEventListener("drop", (event) => take(event, event.dataTransfer));
  }
  file.addEventListener("change", () => send([...file.files]));

  function take(event, data) {
    const pictures = [...data.files].filter((item) => item.type.startsWith("image/"));
    if (!pictures.length) return;
    event.preventDefault();
    field = event.currentTarget;
    send(pictures);
  }

  async function send(pictures) {
    form.querySelector("details.picture").open = true;
    for (const picture of pictures) {
      progress.className = "soft";
      progress.textContent = form.dataset.sending;
      try {
        insert(await upload(picture));
        progress.textContent = form.dataset.sent;
        form.elements.picture_text.value = "";
      } catch (error) {
        progress.className = "note bad";
        progress.textContent = error.message;
      }
    }
    file.value = "";
  }

  async function upload(picture) {
    const body = new FormData();
    body.append("picture", picture);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    let response, answer;
    try {
      response = await fetch(form.dataset.pictures, { method: "POST", body });
      answer = await response.json();
    } catch {
      throw new Error(form.dataset.unsent);
    }
    if (!response.ok) throw new Error(answer.error);
    return answer.url;
  }

  function insert(url) {
    const text = form.elements.picture_text.value.replace(/[[\]\\`]/g, "").trim();
    const before = field.value.slice(0, field.selectionStart);
    const gap = before && !before.endsWith("\n") ? "\n\n" : "";
    field.setRangeText(`${gap}![${text}](${url})\n`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What was typed is not lost by a slip, and a double click sends it once.
  form.addEventListener("input", () => { isChanged = true; });
  document.body.addEventListener("attached", () => { isChanged = true; });
  // Enter in a parameter of a demo attaches it, instead of saving the card without it.
  form.addEventListener("keydown", (event) => {
    const button = event.key === "Enter" && event.target.matches("#attach input") && form.querySelector("[value=attach]");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  form.addEventListener("submit", (event) => {
    if (isSending) event.preventDefault();
    isSending = true;
  });
  // What was typed before this file came is heard now, by htmx too.
  document.addEventListener("DOMContentLoaded", () => {
    for (const area of areas) if (area.value !== area.defaultValue) area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  addEventListener("pageshow", () => { isSending = false; });
  addEventListener("beforeunload", (event) => {
    if (isChanged && !isSending) event.preventDefault();
  });
})();
