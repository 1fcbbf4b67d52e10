// Starts the program, and lets the page work without the network once it has been loaded.
import { attach } from './playground.js';

await Blazor.start();
await attach(globalThis.getDotnetRuntime(0));
if ('serviceWorker' in navigator) navigator.serviceWorker.register('service-worker.js', { updateViaCache: 'none' });
