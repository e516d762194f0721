// One request to an API server of the test bed as its admin; enough to install things and to see that they are there.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

/** `{ status, body }` of an answer, whatever it is; the body is parsed where it is JSON. Rejects where none comes. */
export function kubeRequest({ port, pki, tokens }, method, path, body) {
  const text = body && JSON.stringify(body);
  const options = {
    ...{ host: '127.0.0.1', port, path, method, agent: false, timeout: 10_000 },
    ca: readFileSync(join(pki, 'ca.crt')),
    headers: {
      authorization: `Bearer ${tokens.admin}`,
      ...(text && { 'content-type': 'application/json' }),
    },
  };
  return new Promise((done, fail) => {
    const call = request(options, async (answer) => {
      try {
        let reply = '';
        for await (const chunk of answer) reply += chunk;
        const json = answer.headers['content-type']?.startsWith('application/json');
        done({ status: answer.statusCode, body: json ? JSON.parse(reply) : reply });
      } catch (error) {
        fail(error);
      }
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', fail);
    call.end(text);
  });
}

/** Creates an object, or puts it in the place of what is there. `collection` is the path of the list it belongs to. */
export async function put(server, collection, object) {
  const created = await kubeRequest(server, 'POST', collection, object);
  if (created.status === 201) return;
  const path = `${collection}/${object.metadata.name}`;
  const old = created.status === 409 ? await kubeRequest(server, 'GET', path) : created;
  const { resourceVersion } = old.body.metadata ?? {};
  const next = { ...object, metadata: { ...object.metadata, resourceVersion } };
  const replaced = old.status === 200 ? await kubeRequest(server, 'PUT', path, next) : old;
  if (replaced.status !== 200)
    throw new Error(`${path}: ${replaced.status} ${replaced.body.message ?? replaced.body}`);
}
