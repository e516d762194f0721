import { readDocuments } from '../../src/input/documents.ts';
import { ioWith } from './support.ts';

/** Reads 60 MB of documents from a stream that is never whole; prints how many came and the most memory they took. */

const policy = JSON.stringify({
  kind: 'K',
  metadata: { name: 'x'.repeat(300) },
  spec: { nets: ['10.0.0.0/8'] },
});
const block = new TextEncoder().encode(`${policy}\n---\n`.repeat(640));
const total = Math.ceil((60 * 1024 * 1024) / block.length);
const io = {
  ...ioWith(),
  async *stdin() {
    for (let n = 0; n < total; n++) yield block;
  },
};
Bun.gc(true);
const before = process.memoryUsage().rss;
let count = 0;
let most = 0;
for await (const { value } of readDocuments({ files: ['-'], recursive: false, skipEmpty: false, io })) {
  if ((value as { kind: string }).kind === 'K') count++;
  if (count % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss - before);
}
console.log(JSON.stringify({ expected: total * 640, count, most }));
