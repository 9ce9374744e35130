// Keeps the app on the device: exactly the files of one build, each verified, all or nothing (W4).
// VERSION and FILES are filled in when the app is built.
const VERSION = '';
const FILES = {}; // path below this script ('./' is the page) -> SHA-256, hexadecimal
const BASE = new URL('./', self.location.href);
const CACHE = `app-${VERSION}`;
// In the cache of the build that is in use, and in no other: an install that was cut off leaves one without.
const IN_USE = new URL('in-use', BASE);

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('fetch', event => {
  const path = appPath(event.request);
  if (path !== null) event.respondWith(serve(path, event.request));
});

async function install() {
  const files = await Promise.all(Object.entries(FILES).map(fetchVerified));
  const cache = await caches.open(CACHE);
  const wasWhole = (await cache.keys()).length >= files.length;
  try {
    await Promise.all(files.map(([path, response]) => cache.put(new URL(path, BASE), response)));
  } catch (error) {
    // A full device. What was whole before may be in use, and still is whole.
    if (!wasWhole) await caches.delete(CACHE);
    throw error;
  }
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
  // A tab of the build in use until now may still ask for its files: that build goes with the next one.
  const older = (await caches.keys()).filter(name => name.startsWith('app-') && name !== CACHE);
  const inUse = await Promise.all(older.map(async name => (await caches.open(name)).match(IN_USE)));
  // Without a mark nobody knows which one it was: they all wait for the next build.
  if (inUse.some(Boolean)) await Promise.all(older.filter((_, n) => !inUse[n]).map(name => caches.delete(name)));
  await (await caches.open(CACHE)).put(IN_USE, new Response());
  await Promise.all(older.filter((_, n) => inUse[n]).map(async name => (await caches.open(name)).delete(IN_USE)));
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
