import { describe, expect, test } from 'bun:test';
import { generateKeyPairSync } from 'node:crypto';
import { garden } from './garden.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what the search for secrets finds', () => {
  const CODINGS: Readonly<Record<string, (secret: string) => string>> = {
    'as it is': (secret) => `a ${secret} b`,
    'in JSON': (secret) => JSON.stringify({ a: secret }),
    'in JSON twice': (secret) => JSON.stringify({ a: JSON.stringify({ b: secret }) }),
    'in a URL': (secret) => `https://u:${encodeURIComponent(secret)}@x`,
    'in hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
    'in base64': (secret) => base64(secret),
    'in base64 behind one': (secret) => base64(`x${secret}`),
    'in base64 behind two': (secret) => base64(`u:${secret}yz`),
    'in base64 of URLs': (secret) => Buffer.from(`u:${secret}`).toString('base64url'),
    'its beginning': (secret) => `${secret.slice(0, 14)}…`,
    'its end': (secret) => secret.slice(-14),
  };
  test.each(Object.entries(CODINGS))('%s', (_coding, write) => {
    const plot = garden();
    for (const secret of [plot.password('a password'), plot.token('a token')])
      expect(plot.found(write(secret)).length).toBeGreaterThan(0);
    expect(plot.found(write('something else altogether'))).toEqual([]);
  });

  test('a line of a key', () => {
    const plot = garden();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = plot.keep('a key', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    const [, line = ''] = pem.split('\n');
    expect(plot.found(`x${line}`)).toContain('a key, as it is');
    expect(plot.found(base64(pem))).toContain('a key, in base64');
    expect(plot.found('-----BEGIN PRIVATE KEY-----')).toEqual([]);
  });
});
