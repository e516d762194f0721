import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { redactObject, redactStream, redactText } from '../../src/bundle/redact.ts';

/** A planted secret never shows, whatever its form, what stands around it, and how the text is cut. */

const base64 = (text: string) => Buffer.from(text).toString('base64');
const pem = (body: string, label = 'RSA PRIVATE KEY') =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;
const jwt = (secret: string) =>
  `${base64('{"alg":"RS256"}').replace(/=/g, '')}.${base64('{"iss":"x"}').replace(/=/g, '')}.${secret}`;

/** Forms in one line: anything may stand before and behind. */
const INLINE: Readonly<Record<string, (secret: string) => string>> = {
  'a flag': (s) => `calico-node --etcd-password=${s} --v=2`,
  'a flag and its value apart': (s) => `calico-node --token ${s} --v=2`,
  'arguments in JSON': (s) => `"args":["--password","${s}","--v=2"]`,
  'a variable of docker run': (s) => `docker run -e ETCD_PASSWORD=${s} image`,
  'a variable in JSON': (s) => `"Env":["A=b","DB_SECRET=${s}","C=d"]`,
  'an entry of env in JSON': (s) => `{"name":"SIGNING_KEY","value":"${s}"},{"name":"X","value":"y"}`,
  JSON: (s) => `{"user":"x","password":"${s}","port":1}`,
  'JSON with blanks': (s) => `{ "apiToken" : "${s}" , "port" : 1 }`,
  'JSON within JSON': (s) => `{"message":"{\\"client-secret\\":\\"${s}\\",\\"a\\":1}"}`,
  'JSON within JSON within JSON': (s) =>
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ token: s }) }) }),
  'a Go value': (s) => `{Name:x Password:${s} Port:1}`,
  'a log': (s) => `level=info msg="dialing with password=${s}" component=felix`,
  'a log in JSON': (s) => JSON.stringify({ level: 'info', msg: `refreshed, accessToken: ${s}` }),
  'a BGP password': (s) => `  password "${s}";`,
  'a bearer': (s) => `GET /api HTTP/1.1 Authorization: Bearer ${s}1`,
  'a bearer alone': (s) => `sent header Bearer ${s}1 to server`,
  'basic authentication': (s) => `authorization: Basic ${base64(`admin:${s}`)}`,
  'a header of curl': (s) => `curl -H 'Authorization: Bearer ${s}' https://10.0.0.1/`,
  'a user of curl': (s) => `curl -u admin:${s} https://10.0.0.1/`,
  'a URL': (s) => `dial https://root:${s}@etcd.example.org:2379/v3`,
  'a list of URLs': (s) => `endpoints=https://10.0.0.1:2379,https://root:${s}@10.0.0.2:2379`,
  'a query': (s) => `GET /login?token=${s}&user=x`,
  'a JSON web token': (s) => `Cookie-less token ${jwt(s)} here`,
  'a web token in base64': (s) => `blob ${base64(`eyJhbGciOiJSUzI1NiJ9.${s}`)} end`,
  'a private key in one line': (s) => `key: "${pem(base64(s)).replaceAll('\n', '\\n')}"`,
  'a private key in base64': (s) => `blob=${base64(pem(base64(`${s}${s}`)))} x`,
  'a private key somewhere in base64': (s) => `blob ${base64(`ab: 1\nkey: ${pem(s)}`)} x`,
  'Docker authentication': (s) => `{"auths":{"quay.io":{"auth":"${base64(`u:${s}`)}"}}}`,
  'a key of AWS': (s) => `aws_secret_access_key = ${s}`,
  'a token of GitHub': (s) => `cloning with ghp_${s}${s}`,
  'a Secret in one line': (s) =>
    `{"apiVersion":"v1","data":{"x":"${base64(s)}"},"kind":"Secret","metadata":{"name":"n"}}`,
  'a Secret in a quoted line': (s) =>
    JSON.stringify({ old: JSON.stringify({ kind: 'Secret', stringData: { 'x}y': `${s}`, b: '1' } }) }),
  'a hash of a password': (s) => `root:$6$salt$${s}${s}:19000:0`,
};

/** Forms of whole lines. */
const LINES: Readonly<Record<string, (secret: string) => string>> = {
  YAML: (s) => `spec:\n  password: ${s}\n  port: 1`,
  'YAML in quotes': (s) => `spec:\n  - token: '${s}'\n    port: 1`,
  'a block of YAML': (s) => `spec:\n  passphrase: |-\n    ${s}\n    ${s}\n  port: 1`,
  'a value on the next line': (s) => `spec:\n  password:\n    ${s}\n  port: 1`,
  'a list of YAML': (s) => `tokens:\n- ${s}\n- ${s}\nport: 1`,
  'a quotation over lines': (s) => `spec:\n  password: "abc\n    ${s}"\n  port: 1`,
  'an entry of env': (s) => `env:\n- name: ETCD_PASSWORD\n  value: ${s}\n- name: X\n  value: y`,
  'an entry of env, described': (s) =>
    `    Environment:\n      DATASTORE_TYPE:  kubernetes\n      API_KEY:         ${s}`,
  'an entry of env in JSON over lines': (s) =>
    `"env": [\n  {\n    "name": "API_KEY",\n    "value": "${s}"\n  }\n]`,
  'arguments in a list': (s) => `args:\n- --token\n- ${s}\n- --v=2`,
  'arguments in JSON over lines': (s) => `"args": [\n  "--token",\n  "${s}",\n  "--v=2"\n]`,
  'a Secret': (s) =>
    `apiVersion: v1\ndata:\n  x: ${base64(s)}\n  y: ${base64(`${s}y`)}\nkind: Secret\nmetadata:\n  name: n`,
  'a Secret whose kind comes first': (s) =>
    `kind: Secret\nmetadata:\n  name: n\nstringData:\n  x: |\n    ${s}\n    b`,
  'a Secret in a list': (s) =>
    `items:\n- apiVersion: v1\n  data:\n    x: ${base64(s)}\n  kind: Secret\n- apiVersion: v1\n  data:\n    x: y\n  kind: ConfigMap`,
  'a Secret in JSON': (s) =>
    JSON.stringify({ apiVersion: 'v1', data: { x: base64(s) }, kind: 'Secret' }, undefined, 4),
  'a manifest in an annotation': (s) =>
    `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"data":{"x":"${base64(s)}"}}\n  name: n`,
  'a kubeconfig': (s) => `users:\n- name: x\n  user:\n    client-key-data: ${base64(s)}\n    token: ${s}`,
  'a private key': (s) => `before\n${pem(`${s}\n${s}`)}\nafter`,
  'a private key in YAML': (s) =>
    `x: |\n  ${pem(`${s}\n${s}`, 'EC PRIVATE KEY').replaceAll('\n', '\n  ')}\ny: 1`,
  'a private key in a log': (s) => pem(`${s}\n${s}`).replace(/^/gm, '2026-11-22 10:00:00 INFO '),
  'a private key without end': (s) => `before\n-----BEGIN PRIVATE KEY-----\n${s}`,
  'base64 over lines': (s) => base64(pem(base64(s.repeat(9)))).replace(/.{76}/g, '$&\n'),
  environment: (s) => `PATH=/bin\nETCD_PASSWORD=${s} ${s}\nHOME=/`,
  'a key of WireGuard': (s) => `[Interface]\nPrivateKey = ${base64(s)}\nListenPort = 51820`,
  'a key of wg': (s) => `interface: wg0\n  private key: ${base64(s)}`,
};

/** Text in which a secret has no part, with signs that lead astray. */
const AROUND = [
  '',
  '"',
  "'",
  '`',
  '\\',
  '{',
  '[',
  '"a": "b',
  "it's",
  'x: y',
  '- ',
  '  ',
  'token:',
  '-----BEGIN',
  'eyJ',
  '://',
  'password',
  'data:',
  'kind: Pod',
  '=',
  ' = "',
  '10.0.0.1 via 192.0.2.1 dev eth0',
  '\t',
  '-----END x-----',
  'Größe',
  '\r',
];
const around = fc.array(fc.constantFrom(...AROUND), { maxLength: 4 });
const secret = fc
  .array(fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789'), {
    minLength: 16,
    maxLength: 40,
  })
  .map((letters) => letters.join(''));

/** The secret, or a part of it, as it is or in base64. */
function shows(text: string, planted: string): boolean {
  const b64 = [planted, `admin:${planted}`, `u:${planted}`].map((each) => base64(each).slice(8, 16));
  return [planted.slice(0, 8), planted.slice(-8), ...b64].some((part) => text.includes(part));
}

async function inPieces(text: string, size: number): Promise<string> {
  const bytes = Buffer.from(text);
  let shown = '';
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  for await (const piece of redactStream(pieces())) shown += piece;
  return shown;
}

describe('a planted secret never shows', () => {
  for (const [name, form] of Object.entries(INLINE))
    test(name, () => {
      fc.assert(
        fc.property(secret, around, around, (planted, before, behind) => {
          const text = `${before.join('\n')}\n${form(planted)} ${behind.join(' ')}\n`;
          expect(shows(redactText(text), planted)).toBe(false);
          expect(
            shows(
              redactText(`${before.filter((word) => !/["'`\\]/.test(word)).join(' ')} ${form(planted)}`),
              planted,
            ),
          ).toBe(false);
        }),
        { numRuns: 60 },
      );
    });

  for (const [name, form] of Object.entries(LINES))
    test(name, () => {
      fc.assert(
        fc.property(secret, fc.nat(8), around, (planted, indent, behind) => {
          const text = form(planted).replace(/^/gm, ' '.repeat(indent));
          expect(shows(redactText(`a: b\n${text}\n${behind.join('\n')}`), planted)).toBe(false);
        }),
        { numRuns: 60 },
      );
    });

  test('in pieces of any size, and the text is the same as of the whole', async () => {
    const forms = [...Object.values(INLINE), ...Object.values(LINES)];
    const everything = forms.map((form) => form('S3cretS3cretS3cretXYZ')).join('\n---\n');
    const whole = redactText(everything);
    expect(shows(whole, 'S3cretS3cretS3cretXYZ')).toBe(false);
    for (const size of [1, 2, 7, 64, 1000]) expect(await inPieces(everything, size)).toBe(whole);
  });

  test('where a line is cut that is too long to be kept', () => {
    const filler = '{"kind":"Pod","name":"calico-node-abcde","ip":"10.0.0.1"},'.repeat(9_100);
    const planted = 'S3cretS3cretS3cretXYZ';
    for (const [name, form] of Object.entries(INLINE)) {
      const text = form(planted);
      // A piece has 512 KiB, of which 16 KiB are kept for the next.
      const before = filler.slice(-(512 * 1024 - 16 * 1024 - Math.floor(text.length / 2)));
      const shown = redactText(`${before}${text},${filler.slice(0, 30_000)}`);
      expect({ name, shows: shows(shown, planted) }).toEqual({ name, shows: false });
    }
  });

  test('as a field or a text of an object', () => {
    fc.assert(
      fc.property(secret, (planted) => {
        const object = {
          token: planted,
          nested: [{ spec: { password: planted, clientKeyData: planted } }],
          env: [{ name: 'X_KEY', value: planted }],
          args: [`--password=${planted}`, '--token', planted],
          log: INLINE['a log']!(planted),
          items: [{ kind: 'Secret', data: { any: base64(planted) }, stringData: { any: planted } }],
          metadata: {
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"x":"${planted}"}` },
          },
          credentials: { user: planted, value: planted },
          text: LINES['a Secret']!(planted),
        };
        expect(shows(JSON.stringify(redactObject(object)), planted)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
