// The browser's side of Components/Browser.cs.
let exports = null;

export async function attach(runtime) {
  exports = (await runtime.getAssemblyExports('SimpleFlow.Playground.dll')).SimpleFlow.Playground.Components.Browser;
  addEventListener('hashchange', () => exports.OnFragment());
}

export function startFrames() {
  const next = time => { if (exports.OnFrame(time)) requestAnimationFrame(next); };
  requestAnimationFrame(next);
}

export function drawMaps(prefix, side, view) {
  const bytes = view.slice();
  const size = side * side * 4;
  for (let i = 0; i * size < bytes.length; i++) {
    const canvas = document.getElementById(prefix + i);
    if (!canvas) continue;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const pixels = new Uint8ClampedArray(bytes.buffer, bytes.byteOffset + i * size, size);
    canvas.getContext('2d').putImageData(new ImageData(pixels, side, side), 0, 0);
  }
}

export function drawWeights(group, view) {
  const bytes = view.slice();
  const weights = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const lines = document.getElementById(group)?.children ?? [];
  for (let i = 0; i < Math.min(lines.length, weights.length); i++) {
    const width = Math.min(9, .4 + 3.2 * Math.abs(weights[i]));
    lines[i].style.strokeWidth = width.toFixed(1);
    lines[i].classList.toggle('negative', weights[i] < 0);
  }
}

export const fragment = () => location.hash.slice(1);

export const setFragment = text => history.replaceState(null, '', '#' + text);

export function recall(name) {
  try { return localStorage.getItem('simpleflow-' + name) ?? ''; } catch { return ''; }
}

export function keep(name, text) {
  try { localStorage.setItem('simpleflow-' + name, text); } catch { /* it lasts for this visit */ }
}

export const preferredLanguage = () => navigator.language;

export function describe(language, title) {
  document.documentElement.lang = language;
  document.title = title;
}

export function switchColours() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  keep('theme', root.dataset.theme);
}

export function download(name, type, view) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([view.slice()], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
