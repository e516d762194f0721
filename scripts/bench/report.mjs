/** The measured rows as the table of docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { median } from './measure.mjs';

const RESULTS = ['<!-- results: written by npm run bench -->', '<!-- end of results -->'];
export const OUTAGE_RESULTS = ['<!-- outage: written by npm run bench -->', '<!-- end of outage -->'];
export const IPAM_RESULTS = ['<!-- addresses: written by npm run bench -->', '<!-- end of addresses -->'];

export function milliseconds(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

export function mebibytes(value) {
  return Number.isNaN(value) ? 'not measured' : `${Math.round(value / 2 ** 20)} MiB`;
}

/**
 * A row: `{ name, ours, theirs?, target?, limit?, memory?, memoryLimit? }`; `limit` is a ratio where `paired` is set, else
 * milliseconds; `memoryLimit` is bytes.
 */
export function evaluate({ ours, theirs, limit, memoryLimit, ...row }) {
  const middle = median(ours);
  const ratio = theirs?.length > 0 ? middle / median(theirs) : undefined;
  const measured = row.paired ? ratio : middle;
  const inTime = limit === undefined || measured === undefined ? undefined : measured <= limit;
  const inBounds =
    memoryLimit === undefined || Number.isNaN(row.memory) ? undefined : row.memory <= memoryLimit;
  const met = inTime === false || inBounds === false ? false : (inTime ?? inBounds);
  return {
    ...row,
    runs: ours.length,
    middle,
    least: Math.min(...ours),
    ratio,
    yardstick: theirs && median(theirs),
    met,
  };
}

export function tableOf(rows) {
  const head = ['What', 'Median', 'Least', 'To kubectl', 'Peak memory', 'Target', 'Met', 'Runs'];
  const lines = rows.map((row) => [
    row.name,
    row.middle === undefined ? '' : milliseconds(row.middle),
    row.least === undefined ? '' : milliseconds(row.least),
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)} (${milliseconds(row.yardstick)})`,
    row.memory === undefined ? '' : mebibytes(row.memory),
    row.target ?? '',
    row.met === undefined ? '' : row.met ? 'yes' : 'no',
    String(row.runs ?? 1),
  ]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

/** Cores and memory: enough to compare by, and nothing that names the machine. */
export function machine() {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
}

/** Puts the text between the markers of the page. */
export function writePage(path, text, [begin, end] = RESULTS) {
  const page = readFileSync(path, 'utf8');
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} has lost its markers`);
  writeFileSync(path, `${page.slice(0, before + begin.length)}\n\n${text}\n\n${page.slice(after)}`);
}
