import { describe, expect, test } from 'bun:test';
import { redactStream, redactText } from '../../src/bundle/redact.ts';

/** Text that was made to be slow takes no longer than other text of its length, by more than a constant. */

const LENGTH = 200_000;
const PARTS: readonly string[] = [
  'eyJ',
  'token=',
  'token ',
  'pass',
  '"password": "\\',
  '://',
  'a://b:c@',
  '-----BEGIN X-----',
  '-----BEGIN RSA PRIVATE KEY-----\n',
  '-----BEGIN CERTIFICATE-----\nMII\n',
  'data:\n',
  ' data:\n',
  '"kind":"Secret","data":{',
  'LS0tLS1CRUdJTi',
  'a',
  '--token ',
  'bearer ',
  '$6$',
  '\\',
  '\\"',
  'name: A_KEY\n',
  'password:\n',
  ' ',
  '\n',
  '"token",',
  'token: [',
  'token: {',
  'enc x ',
  '-u a:',
  'abcdef.',
  'basic ',
  "token='",
  ' - ',
  '- - token: ',
  'kind: Secret\ndata:\n  ',
  '{"token":',
];

describe('hostile text', () => {
  for (const part of PARTS)
    test(JSON.stringify(part), () => {
      const text = part.repeat(Math.ceil(LENGTH / part.length));
      const began = performance.now();
      redactText(text);
      redactText(`token: "${text}`);
      redactText(`x -----BEGIN PRIVATE KEY-----\n${text}`);
      // Quadratic time would be minutes.
      expect(performance.now() - began).toBeLessThan(4_000);
    });

  test('a block that never ends does not hide the rest of a log', () => {
    const line = 'felix/int_dataplane.go 1259: Received interface update\n';
    const shown = redactText(`-----BEGIN RSA PRIVATE KEY-----\n${line.repeat(2_000)}last\n`);
    expect(shown.startsWith('<redacted>')).toBe(true);
    expect(shown.endsWith(`${line}last\n`)).toBe(true);
    expect(shown.length).toBeGreaterThan(line.length * 500);
  });

  test('memory stays as it is, however long the text', async () => {
    const piece = Buffer.from(
      '2026-11-22 [INFO][63] felix/route_table.go 11: key=x ifaceName="cali1"\n'.repeat(900),
    );
    const pieces = async function* () {
      for (let count = 0; count < 200; count++) yield piece;
    };
    let length = 0;
    let longest = 0;
    for await (const shown of redactStream(pieces())) {
      length += shown.length;
      longest = Math.max(longest, shown.length);
    }
    expect(length).toBe(piece.length * 200);
    expect(longest).toBeLessThan(piece.length * 2);
  });
});
