// Before anything else: the code of an invitation leaves the address bar. It rests here until the page takes it.
if (location.pathname.endsWith('/uitnodiging') && location.hash) {
  globalThis.invitation = location.hash.slice(1);
  history.replaceState(history.state, '', location.pathname);
}

// The only script tag of the page; its attributes name what to load.
const { js, wasm } = document.querySelector('script[data-wasm]').dataset;
const base = new URL('./', import.meta.url);

// Started here, but its program loads only when the page speaks to it: what is seen comes first, over a slow line and
// on a slow phone. Nothing is lost: the core speaks only when asked.
globalThis.coreWorker = new Worker(document.documentElement.dataset.core, { type: 'module', name: 'core' });

// The service worker fetches everything again: only when both programs are there. Browsers look for a new build
// when they see fit; this looks each time, so that a bad one is gone with the next start.
globalThis.coreWorker.addEventListener(
  'message',
  async () => {
    navigator.serviceWorker?.controller?.postMessage('runs'); // its files need not be looked at
    const options = { scope: base.pathname, updateViaCache: 'none' };
    const registration = await navigator.serviceWorker?.register(new URL('sw.js', base), options);
    registration?.update().catch(() => {}); // no connection
  },
  { once: true },
);

const { default: init } = await import(js);
await init({ module_or_path: wasm });
