// The next prompt comes with a card's answer, and stands there the moment a grade is pressed. The grade's reply confirms
// it, or comes in its place; until then what is pressed on it waits, so that its answer cannot be shown before. Where the
// grade fails, the card that was graded is back.
"use strict";
(() => {
  let waits = null; // the grade under way: its form, what that says, its button, what stood there, what stands there now, a press that waits

  document.addEventListener("htmx:configRequest", (event) => {
    const ahead = document.getElementById("ahead"), { parameters } = event.detail;
    if (event.target.id !== "grade" || !ahead?.dataset.grades.split(" ").includes(parameters.grade)) return;
    parameters.ahead = ahead.dataset.shows;
  });

  document.addEventListener("htmx:beforeSend", (event) => {
    const form = event.target, { parameters, formData, triggeringEvent } = event.detail.requestConfig;
    if (form.id !== "grade" || !parameters.ahead) return;
    const ahead = document.getElementById("ahead"), progress = document.getElementById("progress");
    const before = [...progress.parentElement.children].filter((each) => each !== progress);
    const aside = document.createElement("div");
    waits = { form, formData, button: triggeringEvent?.submitter, ahead, progress, before, aside, shown: [...ahead.content.children], press: null };
    for (const each of before) each.remove();
    // What asks the server stays in the document, else htmx would no longer know it: the form, a demo that runs.
    aside.hidden = true;
    aside.append(...before.filter((each) => each === form || each.querySelector("[hx-trigger]")));
    document.body.append(aside);
    progress.after(...waits.shown);
    for (const each of waits.shown) htmx.process(each);
    progress.parentElement.querySelector("[data-focus]").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });

  document.addEventListener("htmx:confirm", (event) => {
    if (!waits?.shown.some((each) => each.contains(event.target))) return;
    event.preventDefault();
    waits.press = event.detail.issueRequest;
  });

  document.addEventListener("confirmed", () => {
    const press = waits?.press;
    done();
    press?.();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!waits || event.detail.requestConfig?.elt !== waits.form) return;
    if (!event.detail.successful) goBack();
    else if (!waits.shown[0].isConnected) done(); // another page came in its place
  });

  function done() {
    waits?.aside.remove();
    waits = null;
  }

  // What was typed into the prompt meanwhile is there again with it.
  function goBack() {
    const { ahead, shown, progress, before, button } = waits;
    ahead.content.append(...shown);
    progress.after(...before);
    button?.focus({ preventScroll: true });
    done();
  }

  // Who leaves meanwhile has graded all the same: the same grade twice is one review.
  window.addEventListener("pagehide", () => waits && navigator.sendBeacon(waits.form.action, waits.formData));

  // The second click of a double one is on what stands there by now.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("#ask button")) event.preventDefault();
  }, true);
})();
