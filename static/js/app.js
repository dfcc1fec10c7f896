// Small helpers around htmx: the keys printed on the buttons, where the focus goes, the browser's time zone.
// Without this file every page still works: each button is a form's, each link has its address.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`time_zone=${encodeURIComponent(zone)}`)) {
    document.cookie = `time_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  }

  const isTyping = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])");

  // In sight, or but folded away.
  const isThere = (element) => !element.disabled && !element.closest("[hidden]") && (element.getClientRects().length || element.closest("details:not([open])"));

  // Something pressed by its key: the first visible element that carries it. Space and Enter keep their own meaning on
  // a focused button or link.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const at = event.target;
    if (at instanceof Element && isTyping(at)) {
      if (event.key === "Escape") at.blur();
      if (event.key === "Enter" && !event.shiftKey && at.matches("[data-enter-submits]")) {
        event.preventDefault();
        at.form.requestSubmit();
      }
      return;
    }
    const name = event.key === "Enter" ? " " : event.key.toLowerCase();
    if (name === " " && at instanceof Element && at.matches("a, button, summary, input, [tabindex]:not(main)")) return;
    if (name !== " " && document.documentElement.dataset.keys === "off") return;
    const target = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === name && isThere(element));
    if (!target) return;
    event.preventDefault();
    if (isTyping(target)) {
      for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      target.focus();
    }
    else target.click();
  });

  // In a worksheet the arrows go from cell to cell, as in a spreadsheet: up and down always, left and right from the
  // end of what stands there. Enter goes on to the next, and from the last one checks.
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (!(at instanceof Element) || !at.matches("[data-cell]") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const cells = [...at.closest("table").querySelectorAll("[data-cell]")];
    const column = at.closest("td").cellIndex;
    const isAtStart = at.selectionStart === 0 && at.selectionEnd === 0, isAtEnd = at.selectionStart === at.value.length;
    const beside = (step) => cells[cells.indexOf(at) + step];
    const below = (step) => {
      const rows = cells.filter((cell) => cell.closest("td").cellIndex === column);
      return rows[rows.indexOf(at) + step];
    };
    let next = null;
    if (event.key === "ArrowDown") next = below(1);
    else if (event.key === "ArrowUp") next = below(-1);
    else if (event.key === "ArrowLeft" && isAtStart) next = beside(-1);
    else if (event.key === "ArrowRight" && isAtEnd) next = beside(1);
    else if (event.key === "Enter" && !event.shiftKey) next = below(1) ?? cells.find((cell) => cell.closest("td").cellIndex > column);
    else return;
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });

  // After a swap the focus is on what the learner does next, in sight; a new prompt or answer begins at its top. Where a
  // swap took away what had the focus, such as the Cancel button of a demo, it goes to the heading of that section.
  let bereft = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    bereft = target.contains(document.activeElement) ? target.closest("section")?.querySelector("[tabindex='-1']") : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const next = event.target.querySelector("[data-focus]") ?? (event.target.matches("[data-focus]") ? event.target : null);
    if (next) next.focus({ preventScroll: true });
    else if (bereft?.isConnected && document.activeElement === document.body) bereft.focus({ preventScroll: true });
    if (event.target.id === "session") window.scrollTo(0, 0);
    else if (next?.closest(".demo")) next.scrollIntoView({ block: "nearest" });
    else event.target.querySelector("[role=status]")?.closest("div").scrollIntoView({ block: "nearest" });
  });

  // A request that failed is said where a screen reader and an eye find it; what was typed is still in its field. One
  // that nobody made, the look at a demo that runs, is made again in a moment: of it nothing is said.
  document.addEventListener("htmx:responseError", (event) => say(event, document.body.dataset.failed));
  document.addEventListener("htmx:sendError", (event) => say(event, document.body.dataset.away));
  document.addEventListener("htmx:beforeRequest", (event) => say(event, ""));
  function say(event, text) {
    if (!event.detail.requestConfig.triggeringEvent) return;
    const live = document.getElementById("live");
    if (text) live.textContent = text;
    live.className = text ? "note bad" : "unseen";
  }
  // A link that is to be passed on: one press copies it. Without this file it is a field to copy from.
  if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      document.getElementById("live").textContent = button.textContent = button.dataset.copied;
    });
  }
  // A card's Python console is loaded when it is opened, and not before.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-open]");
    if (!button) return;
    const section = button.closest("[data-script]");
    try {
      (await import(section.dataset.script)).open(section, button.dataset.open);
    } catch {
      document.getElementById("live").textContent = document.body.dataset.away;
    }
  });
  // What the server has for ears alone, such as that a demo is done.
  document.addEventListener("said", (event) => (document.getElementById("live").textContent = event.detail.text));
})();
