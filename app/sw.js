// Keeps the app on the device: exactly the files of one build, each verified, all or nothing (W4).
// VERSION and FILES are filled in when the app is built.
const VERSION = '';
const FILES = {}; // path below this script ('./' is the page) -> SHA-256, hexadecimal
const BASE = new URL('./', self.location.href);
const CACHE = `app-${VERSION}`;
// In the cache of the build that is in use, and in no other: an install that was cut off leaves one without.
const IN_USE = new URL('in-use', BASE);
// Pages that were opened since one last said that it runs, as far as this script lived.
let unheard = 0;
// Its files are looked at, and what is wrong comes anew.
let mending = null;
// How long a page waits for a line on which nothing comes, where something else can be shown.
const PATIENCE_MS = 5_000;

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('message', () => (unheard = 0));
self.addEventListener('fetch', event => {
  const path = appPath(event.request);
  if (path === null) return;
  // To look at every file takes longer than to start: only when the page before this one did not.
  if (event.request.mode === 'navigate' && unheard++ > 0) {
    mending ??= mend().catch(() => {}).finally(() => (mending = null));
    event.waitUntil(mending);
  }
  event.respondWith(serve(path, event.request));
});

async function install() {
  const files = await Promise.all(Object.entries(FILES).map(fetchVerified));
  const cache = await caches.open(CACHE);
  const wasWhole = (await cache.match(IN_USE)) || (await cache.keys()).length >= files.length;
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
  if ((await hash(bytes)) !== expected) throw new Error(`${path}: not the file of this build`);
  return [path, new Response(bytes, { headers: kept(response.headers) })];
}

async function hash(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
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
  if (request.mode === 'navigate') await soon(mending);
  const key = new URL(path, BASE);
  const current = await caches.open(CACHE);
  const found = await current.match(key);
  if (found) return found;
  const older = await caches.match(key);
  const fresh = renewed(path, current);
  return (await (older ? soon(fresh) : fresh)) ?? older ?? fetch(request);
}

function soon(promise) {
  return Promise.race([promise, new Promise(done => setTimeout(done, PATIENCE_MS))]);
}

// What is not as it was installed comes anew; without a connection it stays as it is.
async function mend() {
  const cache = await caches.open(CACHE);
  const look = async ([path, expected]) => {
    const found = await cache.match(new URL(path, BASE));
    const bytes = await found?.arrayBuffer().catch(() => undefined);
    if (!bytes || (await hash(bytes)) !== expected) await renewed(path, cache);
  };
  await Promise.all(Object.entries(FILES).map(look));
}

// A file of this build from the server. A lost page would else be that of an older build, until the next one comes.
async function renewed(path, cache) {
  if (!(path in FILES)) return undefined;
  try {
    const [, response] = await fetchVerified([path, FILES[path]]);
    // On a full device what is wrong goes: the file comes with each start then.
    const key = new URL(path, BASE);
    await cache.put(key, response.clone()).catch(() => cache.delete(key));
    return response;
  } catch {
    return undefined; // no connection, or the server has another page by now
  }
}
