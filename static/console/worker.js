// Runs a learner's Python, by Pyodide, in a worker. SETTINGS, which the server writes above this, say where its files
// are and how many bytes each has, and hold repl.py.
//
// Two walls stand around that Python. Before its first line, all that leads out of this worker is taken away: network,
// storage, other workers, the page. And this file is served with a Content-Security-Policy of its own, by which even
// what was forgotten loads nothing but Pyodide's files.
"use strict";

const MOST_CHARACTERS = 20_000; // that one run may print
const KEPT = new Set(`
  AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
  FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl
  Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer
  String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray
  WeakMap WeakRef WeakSet WebAssembly decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite
  isNaN parseFloat parseInt undefined
  TextDecoder TextEncoder clearTimeout console constructor crypto performance self setTimeout`.trim().split(/\s+/));

const post = self.postMessage.bind(self);
let printed = 0;

// What is fetched, counted, so that the page can say how far it is.
const whole = Object.entries(SETTINGS.bytes).reduce((sum, [name, bytes]) => sum + (name.endsWith(".asm.mjs") ? 0 : bytes), 0);
let fetched = 0;
const get = self.fetch.bind(self);
self.fetch = async (...asked) => {
  const answer = await get(...asked);
  if (!answer.ok) throw new Error(`${answer.status}: ${answer.url}`);
  const count = new TransformStream({
    transform(bytes, onwards) {
      fetched += bytes.length;
      post({ kind: "loading", share: Math.min(1, fetched / whole) });
      onwards.enqueue(bytes);
    },
  });
  return new Response(answer.body.pipeThrough(count), { status: answer.status, headers: answer.headers });
};

// What Python prints, as it comes; of much, the beginning.
function printer() {
  const decoder = new TextDecoder();
  return {
    write(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      const room = MOST_CHARACTERS - printed;
      printed += text.length;
      if (room > 0 && text) post({ kind: "printed", text: text.slice(0, room) });
      if (room >= 0 && text.length > room) post({ kind: "cut" });
      return bytes.length;
    },
  };
}

// Takes away all that is not named above, wherever in the chain of prototypes it stands.
function wallOff() {
  for (let place = self; place && place !== Object.prototype; place = Object.getPrototypeOf(place)) {
    for (const name of Object.getOwnPropertyNames(place)) {
      if (KEPT.has(name)) continue;
      if (!Reflect.deleteProperty(place, name)) Reflect.defineProperty(place, name, { value: undefined });
    }
  }
}

async function start() {
  const { loadPyodide } = await import(`${SETTINGS.base}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: SETTINGS.base });
  const wheel = await (await fetch(SETTINGS.base + SETTINGS.wheel)).arrayBuffer();
  python.unpackArchive(wheel, "wheel");
  python.setStdout(printer());
  python.setStderr(printer());
  python.setStdin({ error: true });
  const repl = python.toPy({ __name__: "repl" });
  python.runPython(SETTINGS.repl, { globals: repl, filename: "repl.py" });
  const run = repl.get("run");
  repl.get("wall_off")();
  self.addEventListener("message", (event) => {
    printed = 0;
    try {
      post({ kind: "done", ...JSON.parse(run(event.data.code, event.data.value)) });
    } catch (error) {
      post({ kind: "broken", text: String(error).slice(0, 500) });
    }
  });
  wallOff();
  post({ kind: "ready" });
}

start().catch((error) => post({ kind: "failed", text: String(error).slice(0, 500) }));
