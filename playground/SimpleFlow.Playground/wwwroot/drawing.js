// Maps, points and curves on canvases. Colours tell colour-blind people the same (Okabe and Ito).
const classes = [[230, 130, 0], [0, 114, 178], [0, 158, 115], [204, 90, 160], [86, 180, 233], [150, 70, 20]];
const ratio = () => Math.min(2, devicePixelRatio || 1);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name);
const resolved = {};
let resolvedFor = '';

/** A colour of the style sheet, as the theme has it. */
export function colour(name) {
  const key = (document.documentElement.dataset.theme ?? '') + matchMedia('(prefers-color-scheme: dark)').matches;
  if (key !== resolvedFor) {
    for (const one of Object.keys(resolved)) delete resolved[one];
    resolvedFor = key;
  }
  if (!resolved[name]) {
    const probe = document.createElement('i');
    probe.style.color = css(name);
    document.body.append(probe);
    resolved[name] = getComputedStyle(probe).color;
    probe.remove();
  }
  return resolved[name];
}

export const classColour = (index, alpha = 1) => `rgba(${classes[index % classes.length].join(',')},${alpha})`;

/** From -1 (orange) over nothing to 1 (blue): what is behind the map shines through at 0. */
function signed(value, pixels, at) {
  const [red, green, blue] = value < 0 ? classes[0] : classes[1];
  pixels[at] = red;
  pixels[at + 1] = green;
  pixels[at + 2] = blue;
  pixels[at + 3] = 235 * Math.min(1, Math.abs(value));
}

/** Draws every unit of a layer as a map: values are [places, units], places row by row from the top. */
export function drawMaps(prefix, side, units, view) {
  const bytes = view.slice();
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const places = side * side;
  for (let unit = 0; unit < units; unit++) {
    const canvas = document.getElementById(prefix + unit);
    if (!canvas) continue;
    let largest = 0;
    for (let i = 0; i < places; i++) largest = Math.max(largest, Math.abs(values[i * units + unit]));
    const scale = 1 / Math.max(1, largest);
    paint(canvas, side, (pixels, i) => signed(values[i * units + unit] * scale, pixels, i * 4));
  }
}

/** Draws what the network says of every place. kind: 0 for numbers from -1 to 1, 1 for probabilities of blue, 2 for those of classes. */
export function drawOutput(id, side, units, kind, discrete, extent, view) {
  const canvas = document.getElementById(id);
  if (!canvas) return;
  const bytes = view.slice();
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  remember('output', { side, units, extent, numbers: values });
  paint(canvas, side, (pixels, i) => {
    if (kind < 2) {
      let value = kind === 1 ? 2 * values[i] - 1 : values[i];
      if (discrete) value = value < 0 ? -.85 : .85;
      signed(value, pixels, i * 4);
      return;
    }
    let [red, green, blue, best, most] = [0, 0, 0, 0, 0];
    for (let unit = 0; unit < units; unit++) {
      const share = values[i * units + unit];
      if (share > most) [best, most] = [unit, share];
      red += share * classes[unit][0];
      green += share * classes[unit][1];
      blue += share * classes[unit][2];
    }
    if (discrete) [red, green, blue] = classes[best];
    const certain = discrete ? .85 : (most - 1 / units) / (1 - 1 / units);
    pixels.set([red, green, blue, 40 + 195 * certain], i * 4);
  });
}

/** Draws one output: a number, or a probability in the colour of its class. */
export function drawShare(id, side, units, unit, kind, view) {
  const canvas = document.getElementById(id);
  if (!canvas) return;
  const bytes = view.slice();
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  paint(canvas, side, (pixels, i) => {
    const value = values[i * units + unit];
    if (kind < 2) signed(kind === 1 ? 2 * value - 1 : value, pixels, i * 4);
    else pixels.set([...classes[unit], 235 * value], i * 4);
  });
}

const screens = new WeakMap();

/** Maps are small pictures that the canvas enlarges smoothly. */
function paint(canvas, side, pixel) {
  let screen = screens.get(canvas);
  if (!screen || screen.side !== side) {
    const small = document.createElement('canvas');
    small.width = small.height = side;
    screen = { side, small, image: new ImageData(side, side) };
    screens.set(canvas, screen);
  }
  const pixels = screen.image.data;
  for (let i = 0; i < side * side; i++) pixel(pixels, i);
  screen.small.getContext('2d').putImageData(screen.image, 0, 0);
  const size = Math.round(canvas.clientWidth * ratio());
  if (size === 0) return;
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, size, size);
  context.drawImage(screen.small, 0, 0, size, size);
}

/** Draws points: x, y, target and whether it is a point of the test, four numbers each. classes 0: targets are numbers. */
export function drawPoints(id, extent, count, radius, view) {
  const canvas = document.getElementById(id);
  if (!canvas) return;
  const bytes = view.slice();
  const points = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const size = Math.round(canvas.clientWidth * ratio());
  if (size === 0) return;
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const [r, paper] = [radius * ratio(), colour('--paper')];
  for (let i = 0; i < points.length; i += 4) {
    const [x, y, target, isTest] = [points[i], points[i + 1], points[i + 2], points[i + 3]];
    context.beginPath();
    context.arc(size * (x / extent + 1) / 2, size * (1 - y / extent) / 2, isTest ? r * .85 : r, 0, 7);
    const fill = count === 0
      ? (target < 0 ? classColour(0, .25 + .75 * Math.min(1, -target)) : classColour(1, .25 + .75 * Math.min(1, target))) : classColour(target);
    if (isTest) {
      context.fillStyle = paper;
      context.fill();
      context.lineWidth = 1.6 * ratio();
      context.strokeStyle = fill;
      context.stroke();
    } else {
      context.fillStyle = paper;
      context.fill();
      context.fillStyle = fill;
      context.fill();
      context.lineWidth = ratio();
      context.strokeStyle = paper;
      context.stroke();
    }
  }
}

/** Draws the lines of the network in the widths and colours of their weights. */
export function drawWeights(group, view) {
  const bytes = view.slice();
  const weights = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  remember(group, weights);
  const lines = document.getElementById(group)?.children ?? [];
  for (let i = 0; i < Math.min(lines.length, weights.length); i++) {
    const width = Math.min(6, .4 + 1.8 * Math.abs(weights[i])).toFixed(1);
    const line = lines[i];
    if (line.shown === width + (weights[i] < 0)) continue;
    line.shown = width + (weights[i] < 0);
    line.style.strokeWidth = width;
    line.classList.toggle('negative', weights[i] < 0);
  }
}

/** Marks the biases of units. */
export function drawBiases(prefix, view) {
  const bytes = view.slice();
  const biases = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  remember('bias', biases);
  for (let i = 0; i < biases.length; i++) document.getElementById(prefix + i)?.classList.toggle('negative', biases[i] < 0);
}

// The curves of a chart stay here, so that a step sends only what is new.
const charts = new Map();

/** Forgets the curves of a chart. */
export function clearChart(id) { charts.set(id, { curves: new Map(), at: null, logarithmic: false }); }

/** Begins a curve. */
export function beginCurve(id, curve, paint, dashed, label) {
  if (!charts.has(id)) clearChart(id);
  charts.get(id).curves.set(curve, { paint, dashed, label, values: [], count: 0, every: 1 });
}

export function dropCurve(id, curve) { charts.get(id)?.curves.delete(curve); }

export function setLogarithmic(id, value) {
  if (!charts.has(id)) clearChart(id);
  charts.get(id).logarithmic = value;
  drawChart(id);
}

/** Adds values to a curve. */
export function extendCurve(id, curve, view) {
  const bytes = view.slice();
  const known = charts.get(id)?.curves.get(curve);
  if (!known) return;
  for (const value of new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)) {
    if (known.count++ % known.every === 0) known.values.push(value);
  }
  // A run of hours keeps every second value, then every fourth.
  while (known.values.length > 50000) {
    known.values = known.values.filter((_, i) => i % 2 === 0);
    known.every *= 2;
  }
}

/** Draws a chart. What is under the pointer stays shown while the curves grow. */
export function drawChart(id) {
  const canvas = document.getElementById(id);
  const chart = charts.get(id);
  if (!canvas || !chart) return;
  if (!canvas.watched) {
    canvas.watched = true;
    const move = event => {
      const box = canvas.getBoundingClientRect();
      charts.get(id).at = (event.clientX - box.left) / box.width;
      drawChart(id);
    };
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('pointerdown', move);
    canvas.addEventListener('pointerleave', () => { charts.get(id).at = null; drawChart(id); });
    new ResizeObserver(() => drawChart(id)).observe(canvas);
  }
  const scale = ratio();
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (width === 0) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, width, height);
  const curves = [...chart.curves.values()];
  let [length, low, high] = [0, Infinity, -Infinity];
  for (const { values, every } of curves) {
    length = Math.max(length, (values.length - 1) * every + 1);
    const stride = Math.max(1, Math.floor(values.length / 2000));
    for (let i = 0; i < values.length; i += stride) {
      if (Number.isFinite(values[i])) [low, high] = [Math.min(low, values[i]), Math.max(high, values[i])];
    }
  }
  if (length <= 0 || low > high) return;
  const floor = 1e-6;
  const of = chart.logarithmic ? value => Math.log10(Math.max(floor, value)) : value => value;
  let [bottom, top] = chart.logarithmic ? [of(low), of(high)] : [0, high];
  if (top - bottom < 1e-9) [bottom, top] = [bottom - .5, top + .5];
  const [left, right, under, over] = [46 * scale, 6 * scale, 18 * scale, 8 * scale];
  const x = i => left + (width - left - right) * (length < 2 ? 0 : i / (length - 1));
  const y = value => over + (height - over - under) * (1 - (of(value) - bottom) / (top - bottom));
  context.font = `${11 * scale}px ${css('--sans')}`;
  context.textBaseline = 'middle';
  for (const share of [0, .5, 1]) {
    const level = bottom + (top - bottom) * share;
    const place = over + (height - over - under) * (1 - share);
    context.strokeStyle = colour('--rule');
    context.lineWidth = scale;
    context.beginPath();
    context.moveTo(left, Math.round(place) + .5);
    context.lineTo(width - right, Math.round(place) + .5);
    context.stroke();
    context.fillStyle = colour('--soft');
    context.textAlign = 'right';
    context.fillText(short(chart.logarithmic ? 10 ** level : level), left - 6 * scale, place);
  }
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillText(length.toLocaleString('en'), width - right, height - scale);
  for (const curve of curves) {
    context.strokeStyle = paintOf(curve);
    context.lineWidth = 1.8 * scale;
    context.setLineDash(curve.dashed ? [4 * scale, 3 * scale] : []);
    context.beginPath();
    const stride = Math.max(1, Math.floor(curve.values.length / width));
    let drawing = false;
    for (let i = 0; i < curve.values.length; i += stride) {
      if (!Number.isFinite(curve.values[i])) { drawing = false; continue; }
      if (drawing) context.lineTo(x(i * curve.every), y(curve.values[i]));
      else context.moveTo(x(i * curve.every), y(curve.values[i]));
      drawing = true;
    }
    context.stroke();
    if (curve.values.length === 1) {
      context.fillStyle = paintOf(curve);
      context.fillRect(x(0) - 2 * scale, y(curve.values[0]) - 2 * scale, 4 * scale, 4 * scale);
    }
  }
  context.setLineDash([]);
  if (chart.at === null) return;
  const share = (chart.at * width - left) / (width - left - right);
  const at = Math.max(0, Math.min(length - 1, Math.round(share * (length - 1))));
  context.strokeStyle = colour('--soft');
  context.lineWidth = scale;
  context.beginPath();
  context.moveTo(x(at), over);
  context.lineTo(x(at), height - under);
  context.stroke();
  const valueAt = curve => curve.values[Math.floor(at / curve.every)];
  const lines = curves.filter(curve => Number.isFinite(valueAt(curve))).map(curve => ({ curve, text: `${curve.label} ${short(valueAt(curve))}` }));
  context.font = `${12 * scale}px ${css('--sans')}`;
  const wide = Math.max(context.measureText(`epoch ${at + 1}`).width, ...lines.map(line => context.measureText(line.text).width)) + 28 * scale;
  const tall = (lines.length + 1) * 16 * scale + 8 * scale;
  const edge = x(at) + wide + 8 * scale > width ? x(at) - wide - 8 * scale : x(at) + 8 * scale;
  context.fillStyle = colour('--raised');
  context.strokeStyle = colour('--rule');
  context.beginPath();
  context.roundRect(edge, over, wide, tall, 6 * scale);
  context.fill();
  context.stroke();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = colour('--soft');
  context.fillText(`${at + 1}`, edge + 8 * scale, over + 12 * scale);
  for (const [i, line] of lines.entries()) {
    const height = over + (i + 1) * 16 * scale + 12 * scale;
    context.fillStyle = paintOf(line.curve);
    context.fillRect(edge + 8 * scale, height - 4 * scale, 8 * scale, 8 * scale);
    context.fillStyle = colour('--ink');
    context.fillText(line.text, edge + 22 * scale, height);
  }
}

const lines = [null, [213, 94, 0], [0, 158, 115], [204, 90, 160], [86, 140, 233], [150, 110, 20], [120, 120, 120], [0, 114, 178]];
const paintOf = curve => curve.paint === 0 ? colour('--ink') : `rgb(${lines[1 + (curve.paint - 1) % (lines.length - 1)].join(',')})`;

/** A number in few characters. */
function short(value) {
  const size = Math.abs(value);
  return value === 0 ? '0' : size >= 1000 || size < .001 ? value.toExponential(1) : value.toPrecision(3);
}

/** The sign of a table. */
export function drawGrid(id) {
  const canvas = document.getElementById(id);
  if (!canvas?.clientWidth) return;
  const size = Math.round(canvas.clientWidth * ratio());
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const [left, gap] = [size * .2, size * .15];
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 3; column++) {
      context.fillStyle = row === 0 ? colour('--soft') : column === 2 ? classColour((row * 2) % 3 % 2) : colour('--rule');
      context.fillRect(left + column * size * .21, size * .22 + row * gap, size * .17, gap * .55);
    }
  }
}

// The numbers under the pointer live on while a network trains.
let under = null;
const known = new Map();

addEventListener('pointermove', event => {
  const target = event.target.closest?.('[data-tip]');
  under = target ? { target, x: event.clientX, y: event.clientY } : null;
  showTip();
});
addEventListener('focusin', event => {
  const target = event.target.closest?.('[data-tip]');
  if (!target?.matches(':focus-visible')) return;
  const box = target.getBoundingClientRect();
  under = { target, x: box.right, y: box.top + box.height / 2 };
  showTip();
});
addEventListener('focusout', () => { under = null; showTip(); });

export function remember(name, numbers) {
  known.set(name, numbers);
  if (under) showTip();
}

function showTip() {
  const tip = document.getElementById('tip');
  if (!tip) return;
  if (!under?.target.isConnected) { tip.hidden = true; return; }
  const { tip: kind, index, label } = under.target.dataset;
  const numbers = known.get(kind);
  let text = label ?? '';
  if (kind === 'output') {
    const box = under.target.getBoundingClientRect();
    const [across, down] = [(under.x - box.left) / box.width, (under.y - box.top) / box.height];
    const shown = known.get('output');
    if (!shown || across < 0 || across > 1) { tip.hidden = true; return; }
    const { side, units, extent, numbers: said, names } = shown;
    const place = Math.min(side - 1, Math.floor(down * side)) * side + Math.min(side - 1, Math.floor(across * side));
    const outputs = Array.from({ length: units }, (_, i) => `${names?.[i] ? names[i] + ' ' : ''}${said[place * units + i].toFixed(3)}`);
    text = `x ${((2 * across - 1) * extent).toFixed(2)}  y ${((1 - 2 * down) * extent).toFixed(2)}\n${outputs.join('\n')}`;
  } else if (numbers && index !== undefined) text += ` ${short(numbers[+index])}`;
  tip.textContent = text.trim();
  tip.hidden = !text;
  tip.style.left = `${Math.min(under.x + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(under.y + 14, innerHeight - tip.offsetHeight - 8)}px`;
}
