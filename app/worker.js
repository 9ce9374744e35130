// Messages that come before the program has set its own handler would be lost.
const early = [];
self.onmessage = event => early.push(event);

// A trap inside a Rust future is only a rejected promise: make it an error that the page can see.
self.addEventListener('unhandledrejection', event => {
  event.preventDefault();
  reportError(event.reason);
});

const wasm = fetch(new URL('core_bg.wasm', import.meta.url)); // at the same time as core.js
const { default: init } = await import('./core.js');
await init({ module_or_path: wasm });
for (const event of early) self.onmessage(event);
