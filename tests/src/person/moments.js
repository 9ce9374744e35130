// Notes when things are there to be seen, in milliseconds since the page was asked for.
(() => {
  const at = {};
  const seen = element => element?.checkVisibility() ? element : null;
  const conditions = {
    screen: () => seen(document.querySelector('main')), // drawn by the program, not the page as it came
    invited: () => seen(document.querySelector('main a[href="/app/uitnodiging"]')),
    data: () => document.querySelector('main[aria-busy="false"]'),
    list: () => seen(document.querySelector('main li a[href^="/app/nalezen/"]')),
  };
  const waiting = new Map();
  const note = name => {
    at[name] ??= performance.now();
    waiting.get(name)?.forEach(tell => tell());
  };
  const look = () => {
    for (const [name, holds] of Object.entries(conditions)) {
      if (!holds()) continue;
      delete conditions[name];
      // After the frame that shows it.
      requestAnimationFrame(() => setTimeout(() => note(name)));
    }
  };
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });
  document.addEventListener('input', () => requestAnimationFrame(() => setTimeout(() => note('typed'))), true);
  window.moments = {
    at,
    once: name => new Promise(tell => (name in at ? tell() : waiting.set(name, [...(waiting.get(name) ?? []), tell]))),
  };
})();
