import { describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redactObject, redactText } from '../../src/bundle/redact.ts';

/** Text before, text after. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['password: hunter2 more', 'password: <redacted>'],
  ['"password": "hunt\\"er2",', '"password": "<redacted>",'],
  ['{"password":"hunter2","x":1}', '{"password":"<redacted>","x":1}'],
  ['{\\"token\\":\\"abc1\\",\\"x\\":1}', '{\\"token\\":\\"<redacted>\\",\\"x\\":1}'],
  ['docker run -e DB_PASSWORD=hunter2 -e NAME=x img', 'docker run -e DB_PASSWORD=<redacted> -e NAME=x img'],
  ['calico --password hunter2 --name foo', 'calico --password <redacted> --name foo'],
  ['"--password", "hunter2", "x"', '"--password", "<redacted>", "x"'],
  ['  password "geheim1";', '  password "<redacted>";'],
  ["curl -H 'X-Api-Key: 12 3' http://x", "curl -H 'X-Api-Key: <redacted>' http://x"],
  ['https://user:p@ss@host:2379/x', 'https://user:<redacted>@host:2379/x'],
  ['https://a:2379,https://u:pw@b:2379', 'https://a:2379,https://u:<redacted>@b:2379'],
  ['GET /a?token=abc&x=1', 'GET /a?token=<redacted>&x=1'],
  [
    '- name: DB_PASSWORD\n  value: hunter2\n- name: X\n  value: y',
    '- name: DB_PASSWORD\n  value: <redacted>\n- name: X\n  value: y',
  ],
  [
    '{"name":"A_KEY","value":"vvv"},{"name":"B","value":"w"}',
    '{"name":"A_KEY","value":"<redacted>"},{"name":"B","value":"w"}',
  ],
  [
    'a: |\n  -----BEGIN EC PRIVATE KEY-----\n  MIIabc\n  -----END EC PRIVATE KEY-----\nb: 1',
    'a: |\n  <redacted>\nb: 1',
  ],
  ['    password: |\n      abc\n      def\n    x: 1', '    password: <redacted>\n    x: 1'],
  ['data:\n  a: aGVsbG8=\nkind: Secret\nx: y', 'data:\n  a: <redacted>\nkind: Secret\nx: y'],
  [
    '{"apiVersion":"v1","data":{"a":"aGVsbG8="},"kind":"Secret"}',
    '{"apiVersion":"v1","data":{<redacted>},"kind":"Secret"}',
  ],
];

/** What has to stay. */
const KEPT = [
  'data:\n  a: hello\n  typha_service_name: none\nkind: ConfigMap\nmetadata:\n  name: x\n',
  'password:\n  secretKeyRef:\n    name: bgp-secrets\n    key: rr-password\n',
  'topologyKey: kubernetes.io/hostname',
  'pod-template-hash: 5d4f8c7b9',
  'uid: 0fdb1e3e-9cc8-4c4e-a1d5-b1ab8e2a4e5e',
  'token.go:12] Failed to get token from 10.0.0.1',
  'default via 192.0.2.1 dev eth0 proto static metric 100\nblackhole 10.65.0.0/26 proto bird',
  '-A cali-INPUT -m comment --comment "cali:i7okJZpS8VxaJB3n" -m mark --mark 0x10000/0x10000 -j ACCEPT',
  'http://10.0.0.1:8080/a@b',
  'object-"a"/"b": Failed to watch *v1.Secret: failed to list *v1.Secret: secrets "x" is forbidden: no',
  'Unable to authenticate the request: token: expired at 2026-11-21T10:00:00Z',
  'tokenTTL=3600 auth=enabled',
];

describe('redactText', () => {
  for (const [before, after] of TEXTS) test(before, () => expect(redactText(before)).toBe(after));
  for (const text of KEPT) test(`keeps ${text}`, () => expect(redactText(text)).toBe(text));
});

describe('redactObject', () => {
  test('values of Secrets, also of items of a list that do not say what they are', () => {
    expect(
      redactObject({ kind: 'SecretList', items: [{ metadata: { name: 'x' }, data: { a: 'aGVsbG8=' } }] }),
    ).toEqual({
      kind: 'SecretList',
      items: [{ metadata: { name: 'x' }, data: { a: '<redacted>' } }],
    });
  });

  test('keeps what a check counted', () => {
    expect(redactObject({ counts: { pass: 13, fail: 2 } })).toEqual({ counts: { pass: 13, fail: 2 } });
  });

  test('fields, variables and arguments by their names', () => {
    const container = {
      env: [
        { name: 'DB_KEY', value: 'v' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
      ],
      args: ['--token', 'abc', '--name', 'x'],
      etcdPassword: 'pw',
      pin: { token: 1234 },
    };
    expect(redactObject(container)).toEqual({
      env: [
        { name: 'DB_KEY', value: '<redacted>' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
      ],
      args: ['--token', '<redacted>', '--name', 'x'],
      etcdPassword: '<redacted>',
      pin: { token: '<redacted>' },
    });
  });
});

describe('a certificate', () => {
  const pem = readFileSync(join(import.meta.dirname, '../fixtures/bundle/certificate.pem'), 'utf8').trim();
  const { fingerprint256, validFrom, validTo } = new X509Certificate(pem);
  const shown = `<certificate: subject O=Calico, CN=typha; issuer O=Calico, CN=typha; names DNS:typha.example.org, IP Address:192.0.2.1; valid from ${validFrom} to ${validTo}; SHA-256 ${fingerprint256}>`;
  const base64 = Buffer.from(`${pem}\n`).toString('base64');

  test('becomes a description', () => {
    expect(redactText(`before ${pem} behind\n`)).toBe(`before ${shown} behind\n`);
    expect(redactText(`ca: |\n  ${pem.replaceAll('\n', '\n  ')}\nb: 1\n`)).toBe(`ca: |\n  ${shown}\nb: 1\n`);
    expect(redactText(`{"ca":${JSON.stringify(pem)}}`)).toBe(`{"ca":"${shown}"}`);
    expect(redactText(`certificate-authority-data: ${base64}`)).toBe(`certificate-authority-data: ${shown}`);
    expect(redactObject({ kind: 'Secret', data: { 'tls.crt': base64, 'tls.key': 'eA==' } })).toEqual({
      kind: 'Secret',
      data: { 'tls.crt': shown, 'tls.key': '<redacted>' },
    });
    expect(redactText(`data:\n  tls.crt: ${base64}\n  tls.key: eA==\nkind: Secret\n`)).toBe(
      `data:\n  tls.crt: ${shown}\n  tls.key: <redacted>\nkind: Secret\n`,
    );
  });

  test('that is no certificate, or not whole, shows nothing of it', () => {
    const broken = pem.split('\n').slice(0, 4).join('\n');
    expect(redactText(broken)).toBe('<certificate, cut off>');
    expect(redactText(`${broken}\n-----END CERTIFICATE-----\nx`)).toBe(
      '<certificate that cannot be read>\nx',
    );
  });
});
