// A card's Python console: what is typed goes to a worker, what that says goes into the log. Loaded when it is opened.
"use strict";

const MOST_RUNS = 50; // that the log shows
const opened = new WeakMap();

// Opens the console of that section, and puts the code, if any, where it can be run.
export function open(section, code) {
  if (!opened.has(section)) opened.set(section, makeConsole(section));
  opened.get(section)(code);
}

function makeConsole(section) {
  const find = (selector) => section.querySelector(selector);
  const repl = find(".repl"), log = find(".log"), field = find("textarea"), state = find(".state [role=status]");
  const progress = find("progress"), stop = find("[data-stop]"), goal = find("[name=goal]"), reached = find(".reached");
  const examples = new Set([...section.querySelectorAll("[data-open]")].map((button) => button.dataset.open.trim()));
  const past = [];
  let worker = null, is = "away", waits = null, output = null, code = "", at = 0;

  const say = (name) => (state.textContent = repl.dataset[name]);
  const note = (name, more = "") => add("note", `${repl.dataset[name]}${more}`);

  function add(kind, text) {
    const line = document.createElement("pre");
    line.className = kind;
    line.textContent = text;
    log.lastElementChild.append(line);
    return line;
  }

  function follow() {
    log.scrollTop = log.scrollHeight;
  }

  function start() {
    worker?.terminate();
    worker = new Worker(section.dataset.worker, { type: "module" });
    worker.addEventListener("message", (event) => hear(event.data));
    worker.addEventListener("error", () => hear({ kind: "failed" }));
    is = "loading";
    say("loading");
    progress.value = 0;
    progress.hidden = false;
    stop.disabled = true;
  }

  function hear(said) {
    if (said.kind === "loading") progress.value = said.share;
    else if (said.kind === "ready") {
      is = "idle";
      progress.hidden = true;
      say("ready");
      if (waits !== null) run(waits);
    } else if (said.kind === "failed") {
      is = "away";
      progress.hidden = true;
      say("failed");
    } else if (said.kind === "printed") {
      output ??= add("gives", "");
      output.append(said.text);
      follow();
    } else if (said.kind === "cut") note("cut");
    else if (said.kind === "broken") {
      note("broken");
      start();
    } else if (said.kind === "done") done(said);
    follow();
  }

  function done({ error, error_type, is_reached, goal_error }) {
    is = "idle";
    stop.disabled = true;
    if (error) add("bad", error);
    if (error_type === "MemoryError") note("memory");
    if (goal_error) note("goalError", ` ${goal_error}`);
    const isTried = goal && !examples.has(code);
    if (is_reached) {
      if (goal) goal.value = "reached";
      reached.hidden = false;
    } else if (isTried && !goal.value) goal.value = "missed";
    say(is_reached ? "reached" : error ? "wrong" : goal_error || !isTried ? "done" : is_reached === false ? "missed" : "unsaid");
  }

  function run(text) {
    waits = null;
    if (is === "running") return say("busy");
    if (!text.trim()) return field.focus();
    if (is !== "idle") {
      waits = text;
      if (is === "away") start();
      return;
    }
    code = text.trim();
    if (past.at(-1) !== code) past.push(code);
    at = past.length;
    const entry = document.createElement("div");
    log.append(entry);
    if (log.childElementCount > MOST_RUNS) log.firstElementChild.remove();
    add("asked", code.split("\n").map((line, number) => (number ? "... " : ">>> ") + line).join("\n"));
    output = null;
    is = "running";
    stop.disabled = false;
    say("running");
    show("");
    follow();
    worker.postMessage({ code, value: section.dataset.value ?? "" });
  }

  function show(text) {
    field.value = text;
    field.setSelectionRange(text.length, text.length);
    size();
  }

  const size = () => (field.rows = Math.min(12, Math.max(2, field.value.split("\n").length)));

  function end() {
    const wasRunning = is === "running";
    if (wasRunning) note("stopped");
    start();
    if (wasRunning) say("stopped");
    follow();
    field.focus();
  }

  // Whether Enter runs it: one line that is whole, or a block below which the last line is left empty.
  const isWhole = (text) => (text.includes("\n") ? /\n\s*$/.test(text) : !/[:\\,([{]\s*$|^\s*@/.test(text));

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (isPlain && !after && isWhole(before)))) {
      run(field.value);
    } else if (event.key === "Enter" && isPlain) {
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const indent = line.match(/^\s*/)[0] + (/:\s*$/.test(line) ? "    " : "");
      field.setRangeText(`\n${indent}`, field.selectionStart, field.selectionEnd, "end");
      size();
    } else if (event.key === "ArrowUp" && isPlain && at > 0 && !before.includes("\n")) {
      show(past[(at -= 1)]);
    } else if (event.key === "ArrowDown" && isPlain && at < past.length && !after.includes("\n")) {
      show(past[(at += 1)] ?? "");
    } else return;
    event.preventDefault();
  });
  field.addEventListener("input", size);
  find("[data-run]").addEventListener("click", () => run(field.value));
  stop.addEventListener("click", end);
  find("[data-anew]").addEventListener("click", end);

  // The card has gone, and with it its Python.
  document.addEventListener("htmx:afterSettle", function look() {
    if (section.isConnected) return;
    worker?.terminate();
    document.removeEventListener("htmx:afterSettle", look);
  });

  repl.hidden = false;
  find("[data-key=p]").closest("p").hidden = true;
  start();
  return (text) => {
    if (text) show(text);
    field.focus();
  };
}
