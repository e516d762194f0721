/** The growth of time and memory with the number of addresses as a drawing that needs nothing but itself. */
import { mebibytes, milliseconds } from './report.mjs';

const WIDTH = 720;
const HEIGHT = 380;
const FRAME = { left: 70, right: 650, top: 50, bottom: 320 };
const COLOURS = { time: '#1f6feb', memory: '#bc4c00' };

/** Decades from the one below the least value to the one above the greatest. */
function axis(values, from, to) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  const place = (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  return { place, marks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)) };
}

const text = (x, y, content, more = '') => `<text x="${x}" y="${y}" ${more}>${content}</text>`;

function curve(points, x, y, colour, label, dy) {
  const places = points.map(({ allocations, value }) => [x.place(allocations), y.place(value)]);
  const line = places.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
  // Labels stay within the frame, clear of the marks beside it.
  const sides = [['start', 8], ...places.slice(2).map(() => ['middle', 0]), ['end', -8]];
  const dots = places.map(([px, py], index) => {
    const [anchor, dx] = sides[index];
    const style = `fill="${colour}" text-anchor="${anchor}"`;
    return (
      `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="4" fill="${colour}"/>` +
      text((px + dx).toFixed(1), (py + dy).toFixed(1), label(points[index].value), style)
    );
  });
  return `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
}

/** `points` are `{ allocations, milliseconds, bytes }`; both axes are logarithmic, so what grows in proportion is a straight line. */
export function growthPlot(points) {
  const x = axis(
    points.map(({ allocations }) => allocations),
    FRAME.left,
    FRAME.right,
  );
  const seconds = points.map(({ allocations, milliseconds: value }) => ({
    allocations,
    value: value / 1000,
  }));
  const memory = points.map(({ allocations, bytes }) => ({ allocations, value: bytes / 2 ** 20 }));
  const left = axis(
    seconds.map(({ value }) => value),
    FRAME.bottom,
    FRAME.top,
  );
  const right = axis(
    memory.map(({ value }) => value),
    FRAME.bottom,
    FRAME.top,
  );
  const grid = x.marks.map((mark) => {
    const at = x.place(mark).toFixed(1);
    return `<line x1="${at}" y1="${FRAME.top}" x2="${at}" y2="${FRAME.bottom}" stroke="#d0d7de"/>${text(at, FRAME.bottom + 20, mark.toLocaleString('en'), 'text-anchor="middle"')}`;
  });
  const marksOf = (scale, at, anchor, colour, label) =>
    scale.marks.map((mark) =>
      text(at, (scale.place(mark) + 4).toFixed(1), label(mark), `text-anchor="${anchor}" fill="${colour}"`),
    );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Time and memory of ipam check by the number of addresses</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(WIDTH / 2, 24, 'ipam check on etcd: time and peak memory', 'text-anchor="middle" font-size="15"'),
    ...grid,
    `<rect x="${FRAME.left}" y="${FRAME.top}" width="${FRAME.right - FRAME.left}" height="${FRAME.bottom - FRAME.top}" fill="none" stroke="#57606a"/>`,
    ...marksOf(left, FRAME.left - 8, 'end', COLOURS.time, (mark) => `${mark} s`),
    ...marksOf(right, FRAME.right + 8, 'start', COLOURS.memory, (mark) => `${mark} MiB`),
    curve(seconds, x, left, COLOURS.time, (value) => milliseconds(value * 1000), 30),
    curve(memory, x, right, COLOURS.memory, (value) => mebibytes(value * 2 ** 20), -10),
    text(WIDTH / 2, HEIGHT - 14, 'addresses (both axes are logarithmic)', 'text-anchor="middle"'),
    '</svg>',
  ].join('\n')}\n`;
}
