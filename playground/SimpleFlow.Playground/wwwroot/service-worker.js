// While the page is developed, nothing is kept. The published page has service-worker.published.js in its place.
self.addEventListener('fetch', () => { });
