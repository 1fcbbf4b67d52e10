// Looks through window.simpleflowIndex, which the build makes. Every word of the query must be found; a title counts more than a text,
// a whole word more than a part of one, a short text more than a long one, a large type more than a small one. Chinese has no spaces: a
// run of it is one word, or failing that its pairs of characters.
'use strict';

(() => {
  const passages = window.simpleflowPassages = [];
  const prepare = () => {
    for (const [path, page, language, parts] of window.simpleflowIndex) {
      for (const [title, anchor, text, kind] of parts) {
        const [lowTitle, lowText, lowPage] = [title, text, page].map(one => one.toLowerCase());
        // What is asked for most often has most members, or most sections.
        passages.push({ path, page, language, title, anchor, text, kind, lowTitle, lowText, lowPage, flat: flat(lowTitle), size: Math.min(parts.length, 40) });
      }
    }
  };

  // "early stopping" finds EarlyStopping, and "backpropagation" back-propagation.
  const flat = text => text.replace(/[\s-]/g, '');
  // "saving" and "saves" find "save".
  const stem = word => /^[a-z]{5,}$/.test(word) ? word.replace(/(?:ing|ed|es|s)$/, '') : word;
  const isFormOf = (name, word) => name.startsWith(word) && name.length < word.length + 3;
  const han = /[\u3400-\u9fff]/;
  const pairs = word => Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2));
  const isLetter = letter => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

  // How well a text holds a word: 0 not at all, 1 inside of a word, 2 at the beginning of one, 3 as a whole one.
  const fit = (text, word, exact) => {
    let best = 0;
    for (let at = text.indexOf(word); at >= 0 && best < 3; at = text.indexOf(word, at + 1)) {
      const begins = !isLetter(text[at - 1]) || han.test(word);
      const whole = begins && (!isLetter(text[at + exact.length]) && text.startsWith(exact, at) || han.test(word));
      best = Math.max(best, whole ? 3 : begins ? 2 : 1);
    }
    return best;
  };

  const score = (passage, words, query) => {
    let total = 0;
    for (const { exact, word, parts } of words) {
      const title = Math.max(fit(passage.lowTitle, word, exact), passage.flat.includes(word) ? 1 : 0);
      const text = fit(passage.lowText, word, exact);
      const page = fit(passage.lowPage, word, exact);
      let best = Math.max(title * title * 12, text * text * 2 / (1 + passage.lowText.length / 3000), page * page * 2);
      if (best === 0 && parts.length > 1) {
        const there = parts.filter(part => passage.lowTitle.includes(part) || passage.lowText.includes(part)).length;
        if (there * 2 > parts.length) best = 6 * there / parts.length;
      }
      if (best === 0) return 0;
      total += best + (title > 0 && text > 0 ? 6 : 0);
    }
    if (passage.lowTitle === query) total += 200;
    else if (passage.flat === flat(query)) total += 180;
    else if (passage.lowTitle.endsWith('.' + query)) total += 120;
    else if (words.length === 1 && isFormOf(passage.lowTitle.split('.').at(-1), words[0].word)) total += 60;
    else if (passage.lowTitle.startsWith(query)) total += 50;
    else if (passage.lowTitle.includes(query)) total += 30;
    else if (words.length > 1 && passage.lowText.includes(query)) total += 25;
    if (passage.kind === 'page' && passage.anchor === '') total += 10;
    return total / words.length + passage.size / 4;
  };

  const said = (text, words) => {
    const low = text.toLowerCase();
    const places = words.map(({ word }) => low.indexOf(word)).filter(place => place >= 0);
    const from = places.length === 0 ? 0 : Math.max(0, Math.min(...places) - 50);
    return (from > 0 ? '…' : '') + text.slice(from, from + 220);
  };

  window.simpleflowSearch = (asked, language, most) => {
    if (passages.length === 0) prepare();
    const query = asked.trim().toLowerCase().replace(/\s+/g, ' ');
    if (query === '') return [];
    const pieces = query.replace(/[`"'“”]/g, '').match(/[\u3400-\u9fff]+|[^\s\u3400-\u9fff]+/g) ?? [];
    const words = pieces.map(exact => {
      const word = stem(exact);
      return { exact, word, parts: han.test(word) ? pairs(word) : [] };
    });
    const looked = passages.map(passage => ({ passage, value: score(passage, words, query) })).filter(hit => hit.value > 0);
    for (const hit of looked) if (hit.passage.language === language) hit.value += language === 'en' ? 8 : 20;
    looked.sort((a, b) => b.value - a.value || a.passage.title.length - b.passage.title.length);
    return looked.slice(0, most).map(({ passage }) =>
      ({ ...passage, said: said(passage.text, words), words: words.flatMap(({ word, parts }) => parts.length > 1 ? [word, ...parts] : [word]) }));
  };
})();
