import { readFileSync } from 'node:fs';
import { openEtcd } from '../../../../src/datastore/etcdv3/wire/client.ts';
import { text } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';

/**
 * A program for either run-time: takes the testbed's JSON as argument, prints what it found as JSON, and leaves its
 * clients open, for an idle client must not keep a process alive.
 */
const bed = JSON.parse(process.argv[2]!);
const read = (path: string) => readFileSync(path, 'utf8');
const ca = read(bed.etcdTls.ca);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error) => error.message,
  );

const plain = openEtcd({ endpoints: ['127.0.0.1:1', bed.etcd] });
const prefix = `smoke/${Math.random()}/`;
const value = 'ü'.repeat(50_000);
await Promise.all(Array.from({ length: 300 }, (_, index) => plain.put(`${prefix}${index}`, value)));
const { kvs } = await plain.range({ prefix });
const events: string[] = [];
for await (const batch of plain.watch(prefix)) {
  if (batch.events.length === 0) await plain.delete({ prefix });
  for (const event of batch.events) events.push(event.type);
  if (events.length === 300) break;
}
const secure = openEtcd({
  endpoints: [bed.etcdTls.url],
  tls: { ca, cert: read(bed.etcdTls.cert), key: read(bed.etcdTls.key) },
});
await secure.put('smoke', 'secure');
const other = { endpoints: [bed.etcdTls.url], tls: { ca: read(`${bed.certificates}/other-ca.crt`) } };
console.log(
  JSON.stringify({
    whole: kvs.length === 300 && kvs.every((kv) => text(kv.value) === value),
    deleted: events.filter((type) => type === 'delete').length,
    secure: text((await secure.get('smoke')).kv!.value),
    withoutCertificate: await failure(openEtcd({ endpoints: [bed.etcdTls.url], tls: { ca } }).get('smoke')),
    otherAuthority: await failure(openEtcd(other).get('smoke')),
    refused: await failure(openEtcd({ endpoints: ['127.0.0.1:1'] }).get('smoke')),
  }),
);
