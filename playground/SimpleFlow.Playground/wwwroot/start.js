// Starts the program, and lets the page work without the network once it has been loaded.
import { attach } from './playground.js';

await Blazor.start();
await attach(globalThis.getDotnetRuntime(0));
// Not while the reader waits for the first picture: it loads everything once more, to keep it.
if ('serviceWorker' in navigator)
  setTimeout(() => navigator.serviceWorker.register('service-worker.js', { updateViaCache: 'none' }), 3000);
