// Small pictures, surfaces and paths on canvases.
import { classColour, colour } from './drawing.js';

const numbersOf = view => {
  const bytes = view.slice();
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};
const inkOf = name => colour(name).match(/[\d.]+/g).slice(0, 3).map(Number);
const channels = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);

/** Draws pictures, each on the canvas prefix + its number. Signed ones are blue where positive and orange where negative, each on its own
 *  scale; the others have ink from 0 to 1. */
export function drawPictures(prefix, side, signed, view) {
  const values = numbersOf(view);
  const [count, size] = [values.length / (side * side), side * side];
  const [ink, below, above] = [inkOf('--ink'), channels(classColour(0)), channels(classColour(1))];
  for (let picture = 0; picture < count; picture++) {
    const canvas = document.getElementById(prefix + picture);
    if (!canvas) continue;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const image = new ImageData(side, side);
    let largest = 1e-12;
    if (signed) for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(values[picture * size + i]));
    for (let i = 0; i < size; i++) {
      const value = values[picture * size + i];
      image.data.set(signed ? value < 0 ? below : above : ink, 4 * i);
      image.data[4 * i + 3] = 255 * (signed ? Math.abs(value) / largest : value);
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
  }
}

/** Draws a surface from above: the stronger the shade, the lower, with lines of equal height. values are [side, side] shares from 0 (lowest) to 1. */
export function drawSurface(id, side, view) {
  const canvas = document.getElementById(id);
  if (!canvas) return;
  const values = numbersOf(view);
  const [size, levels, paint] = [720, 16, inkOf('--soft')];
  // Between the places that were computed, heights are interpolated, so that lines are smooth.
  const heights = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    const down = Math.max(0, Math.min(side - 1.001, (row + .5) * side / size - .5));
    const [top, lower] = [Math.floor(down), down - Math.floor(down)];
    for (let column = 0; column < size; column++) {
      const across = Math.max(0, Math.min(side - 1.001, (column + .5) * side / size - .5));
      const [left, right] = [Math.floor(across), across - Math.floor(across)];
      const at = top * side + left;
      heights[row * size + column] = levels * ((1 - lower) * ((1 - right) * values[at] + right * values[at + 1])
        + lower * ((1 - right) * values[at + side] + right * values[at + side + 1]));
    }
  }
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const image = context.createImageData(size, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      const height = heights[at];
      const slope = Math.hypot(heights[column + 1 < size ? at + 1 : at - 1] - height, heights[row + 1 < size ? at + size : at - size] - height);
      const line = Math.max(0, 1.3 - Math.abs(height - Math.round(height)) / Math.max(slope, 1e-4)) * Math.min(1, slope * 40);
      image.data.set(paint, 4 * at);
      image.data[4 * at + 3] = 255 * Math.min(.95, .5 * (1 - height / levels) ** 1.5 + .3 * Math.min(1, line));
    }
  }
  context.putImageData(image, 0, 0);
}

const paths = ['rgb(213, 94, 0)', 'rgb(0, 158, 115)', 'rgb(204, 90, 160)', 'rgb(86, 140, 233)', 'rgb(150, 110, 20)', 'rgb(120, 120, 120)', 'rgb(0, 114, 178)'];

/** Draws paths over a surface: view has for each path its number of points and then their places, from 0 to 1 to the right and downwards. */
export function drawPaths(id, view) {
  const canvas = document.getElementById(id);
  if (!canvas?.clientWidth) return;
  const numbers = numbersOf(view);
  const scale = Math.min(2, devicePixelRatio || 1);
  const size = Math.round(canvas.clientWidth * scale);
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, size, size);
  context.lineJoin = 'round';
  for (let at = 0, path = 0; at < numbers.length; path++) {
    const count = numbers[at++];
    const paint = paths[path];
    for (const [width, style] of [[4.5, colour('--paper')], [2.2, paint]]) {
      context.lineWidth = width * scale;
      context.strokeStyle = style;
      context.beginPath();
      for (let i = 0; i < count; i++) context.lineTo(numbers[at + 2 * i] * size, numbers[at + 2 * i + 1] * size);
      context.stroke();
    }
    if (count > 0) {
      context.beginPath();
      context.arc(numbers[at + 2 * count - 2] * size, numbers[at + 2 * count - 1] * size, 5 * scale, 0, 7);
      context.fillStyle = paint;
      context.fill();
      context.lineWidth = 1.5 * scale;
      context.strokeStyle = colour('--paper');
      context.stroke();
    }
    at += 2 * count;
  }
}
