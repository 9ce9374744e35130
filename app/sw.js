// Keeps the app on the device: exactly the files of one build, each verified, all or nothing (W4).
// VERSION and FILES are filled in when the app is built.
const VERSION = '';
const FILES = {}; // path below this script ('./' is the page) -> SHA-256, hexadecimal
const BASE = new URL('./', self.location.href);
const CACHE = `app-${VERSION}`;

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('fetch', event => {
  const path = appPath(event.request);
  if (path !== null) event.respondWith(serve(path, event.request));
});

async function install() {
  const files = await Promise.all(Object.entries(FILES).map(fetchVerified));
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(([path, response]) => cache.put(new URL(path, BASE), response)));
  await self.skipWaiting();
}

async function fetchVerified([path, expected]) {
  const response = await fetch(new URL(path, BASE), { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const found = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
  if (found !== expected) throw new Error(`${path}: not the file of this build`);
  return [path, new Response(bytes, { headers: kept(response.headers) })];
}

// The page keeps the policy that the server gave it; the bytes are no longer compressed.
function kept(headers) {
  const result = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'date', 'set-cookie']) result.delete(name);
  return result;
}

async function activate() {
  await self.clients.claim();
  // A tab of the previous build may still ask for its files: that build goes with the next one.
  const older = (await caches.keys()).filter(name => name.startsWith('app-') && name !== CACHE);
  await Promise.all(older.slice(0, -1).map(name => caches.delete(name)));
}

// Which file of the app answers, or null: the public site and the API are never touched.
function appPath(request) {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== BASE.origin || !url.pathname.startsWith(BASE.pathname)) return null;
  const path = url.pathname.slice(BASE.pathname.length);
  return request.mode === 'navigate' && !(path in FILES) ? './' : path;
}

async function serve(path, request) {
  const key = new URL(path, BASE);
  const current = await caches.open(CACHE);
  return (await current.match(key)) ?? (await caches.match(key)) ?? fetch(request);
}
