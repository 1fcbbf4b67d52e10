// Keeps everything that was published, so that the page works without the network. A new version is another cache.
self.importScripts('./service-worker-assets.js');
const name = `playground-${self.assetsManifest.version}`;
const base = new URL('./', self.location);

self.addEventListener('install', event => event.waitUntil((async () => {
  const requests = self.assetsManifest.assets.filter(asset => !asset.url.endsWith('service-worker.js'))
    .map(asset => new Request(new URL(asset.url, base), { integrity: asset.hash, cache: 'no-cache' }));
  await (await caches.open(name)).addAll(requests);
  await self.skipWaiting();
})()));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const key of await caches.keys()) if (key.startsWith('playground-') && key !== name) await caches.delete(key);
  await self.clients.claim();
})()));

self.addEventListener('fetch', event => {
  if (event.request.method !== 'GET') return;
  event.respondWith((async () => {
    const asked = event.request.mode === 'navigate' ? new URL('index.html', base) : event.request;
    return await (await caches.open(name)).match(asked, { ignoreSearch: true }) ?? fetch(event.request);
  })());
});
