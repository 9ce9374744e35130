// Messages that come before the program has set its own handler would be lost. The first one says that the page is
// there: until then the line and the processor are the page's.
const early = [];
let load;
const wanted = new Promise(resolve => (load = resolve));
self.onmessage = event => {
  load();
  early.push(event);
};

// A trap inside a Rust future is only a rejected promise: make it an error that the page can see.
self.addEventListener('unhandledrejection', event => {
  event.preventDefault();
  reportError(event.reason);
});

const wasm = wanted.then(() => fetch(new URL('core_bg.wasm', import.meta.url))); // does not wait for core.js
const { default: init } = await import('./core.js');
await init({ module_or_path: wasm });
for (const event of early) self.onmessage(event);
