// What a page does beyond showing itself: the switch of colours, copying, search. Without it, everything can still be read.
'use strict';

const root = document.documentElement;

// Light or dark: what the system says, until the reader says otherwise.
document.querySelector('[data-switch]').addEventListener('click', () => {
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  try { localStorage.setItem('simpleflow-theme', root.dataset.theme); } catch { /* it lasts for this page */ }
});

// A button that copies a block of code.
const button = document.getElementById('copy').content.firstElementChild;
for (const block of document.querySelectorAll('.block.code:not(.signature)')) {
  const copy = button.cloneNode(true);
  const label = copy.textContent;
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent);
    copy.textContent = copy.dataset.done;
    setTimeout(() => { copy.textContent = label; }, 1500);
  });
  block.append(copy);
}

// What scrolls inside of the page is reached with the keyboard.
const scrollers = document.querySelectorAll('pre, .table, .formula, .wide, .strip');
const reach = () => {
  for (const one of scrollers) {
    if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
    else one.removeAttribute('tabindex');
  }
};
reach();
addEventListener('resize', reach);
addEventListener('load', reach);

// The heading that is being read.
const marks = new Map([...document.querySelectorAll('.onpage a')].map(link => [decodeURIComponent(link.hash.slice(1)), link]));
if (marks.size > 0) {
  const headings = [...marks.keys()].map(id => document.getElementById(id)).filter(Boolean);
  let current = null;
  const follow = () => {
    const passed = headings.filter(heading => heading.getBoundingClientRect().top < innerHeight * 0.3);
    const link = marks.get((passed.at(-1) ?? headings[0])?.id);
    if (link === current) return;
    current?.removeAttribute('aria-current');
    link?.setAttribute('aria-current', 'true');
    current = link;
    link?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  };
  let waiting = false;
  addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  // Not before the page is laid out: scrolling the list must not scroll the page.
  addEventListener('load', follow);
}

// Search: the index is a script of its own, which is loaded when the search is opened for the first time.
const dialog = document.querySelector('dialog.search');
const input = dialog.querySelector('input');
const list = dialog.querySelector('#found');
const status = dialog.querySelector('.status');
let loading = null;
let chosen = -1;

const load = src => new Promise((done, failed) => {
  const script = document.createElement('script');
  script.src = src;
  script.onload = done;
  script.onerror = failed;
  document.head.append(script);
});

const open = () => {
  loading ??= load(dialog.dataset.search)
    .then(() => load(dialog.dataset.index))
    .then(show, () => { loading = null; status.textContent = dialog.dataset.broken; });
  if (!dialog.open) dialog.showModal();
  input.select();
};

const show = () => {
  // Shown again when the index is there.
  if (!window.simpleflowIndex) return;
  const found = window.simpleflowSearch(input.value, root.lang, 30);
  list.replaceChildren(...found.map((hit, index) => {
    const link = document.createElement('a');
    link.href = root.dataset.root + hit.path + (hit.anchor ? '#' + hit.anchor : '');
    link.id = 'hit-' + index;
    link.setAttribute('role', 'option');
    link.setAttribute('aria-selected', 'false');
    link.tabIndex = -1;
    if (hit.language !== root.lang) link.lang = hit.language;
    const title = document.createElement('b');
    title.append(...marked(hit.title, hit.words));
    const where = document.createElement('span');
    where.className = 'where';
    where.textContent = hit.kind === 'page' || hit.kind === 'entry' ? (hit.page === hit.title ? '' : hit.page) : hit.kind;
    const said = document.createElement('span');
    said.className = 'said';
    said.append(...marked(hit.said, hit.words));
    link.append(title, where, said);
    link.addEventListener('click', () => dialog.close());
    return link;
  }));
  list.scrollTop = 0;
  input.setAttribute('aria-expanded', String(found.length > 0));
  status.textContent = input.value.trim() === '' ? '' : found.length > 0 ? `${found.length} ${dialog.dataset.results}` : dialog.dataset.nothing;
  choose(found.length > 0 ? 0 : -1);
};

const marked = (text, words) => {
  const lower = text.toLowerCase();
  const pieces = [];
  let at = 0;
  while (at < text.length) {
    let next = text.length, length = 0;
    for (const word of words) {
      const place = lower.indexOf(word, at);
      if (place >= 0 && (place < next || place === next && word.length > length)) [next, length] = [place, word.length];
    }
    pieces.push(text.slice(at, next));
    if (length === 0) break;
    const mark = document.createElement('mark');
    mark.textContent = text.slice(next, next + length);
    pieces.push(mark);
    at = next + length;
  }
  return pieces;
};

const choose = index => {
  list.children[chosen]?.setAttribute('aria-selected', 'false');
  chosen = index;
  const hit = list.children[chosen];
  hit?.setAttribute('aria-selected', 'true');
  hit?.scrollIntoView({ block: 'nearest' });
  if (hit) input.setAttribute('aria-activedescendant', hit.id);
  else input.removeAttribute('aria-activedescendant');
};

document.querySelector('[data-find]').addEventListener('click', open);
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
input.addEventListener('input', show);
input.addEventListener('keydown', event => {
  const count = list.children.length;
  if (event.isComposing || count === 0 && event.key !== 'Enter') return;
  if (event.key === 'ArrowDown') choose((chosen + 1) % count);
  else if (event.key === 'ArrowUp') choose((chosen + count - 1) % count);
  else if (event.key === 'Enter') list.children[chosen]?.click();
  else return;
  event.preventDefault();
});
addEventListener('keydown', event => {
  const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey || event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    open();
  }
});
