// The browser's side of Components/Browser.cs.
export * from './drawing.js';
export * from './pictures.js';

let exports = null;

export async function attach(runtime) {
  exports = (await runtime.getAssemblyExports('SimpleFlow.Playground.dll')).SimpleFlow.Playground.Components.Browser;
  addEventListener('hashchange', () => exports.OnFragment());
}

export function startFrames() {
  const next = time => { if (exports.OnFrame(time)) requestAnimationFrame(next); };
  requestAnimationFrame(next);
}

export const fragment = () => location.hash.slice(1);

export const address = () => location.href.split('#')[0];

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that is not served over https has no clipboard of this kind.
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

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

/** Where the pointer is within an element, from 0 to 1 in each direction. */
export function placeIn(id, x, y) {
  const box = document.getElementById(id).getBoundingClientRect();
  return [(x - box.left) / box.width, (y - box.top) / box.height];
}

export const openSection = id => document.getElementById(id)?.scrollIntoView({ behavior: 'smooth', block: 'start' });

export function showWithin(selector) {
  requestAnimationFrame(() => {
    const element = document.querySelector(selector);
    const around = element?.closest('.scroll');
    if (!around) return;
    const [box, outer] = [element.getBoundingClientRect(), around.getBoundingClientRect()];
    if (box.top < outer.top || box.bottom > outer.bottom) around.scrollTop += box.top - outer.top - outer.height / 3;
  });
}
