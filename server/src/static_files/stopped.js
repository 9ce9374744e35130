// Takes the app out of this browser: the copies of its files, and this script. What people wrote is not touched (W4).
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(stop()));

async function stop() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith('app-')).map(name => caches.delete(name)));
  await self.registration.unregister();
  // Tabs that the old script served load anew, from the server.
  const tabs = await self.clients.matchAll({ type: 'window' });
  await Promise.all(tabs.map(tab => tab.navigate(tab.url).catch(() => {})));
}
