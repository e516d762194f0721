import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { withoutSecrets } from '../../src/datastore/hide.ts';

const SECRET = 'p"a\\ss&wörd/1';

describe('words of a server that repeats what it was shown', () => {
  const bytes = Buffer.from(SECRET);
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON twice', JSON.stringify({ a: JSON.stringify(SECRET) })],
    ['in a URL', encodeURIComponent(SECRET)],
    ['byte by byte', bytes.toString('latin1')],
    ['in base64', bytes.toString('base64')],
    ['in base64 of URLs', bytes.toString('base64url')],
  ])('%s', (_coding, form) => {
    const shown = withoutSecrets(`no: ${form} (10.0.0.1)`, [SECRET]);
    expect(shown).toContain('<redacted>');
    expect(shown).toStartWith('no: ');
    expect(shown).toEndWith(' (10.0.0.1)');
    expect(shown).not.toContain('rd/1');
  });

  test('a short one goes where it stands alone', () => {
    expect(withoutSecrets('user abc may not; abcd, x.abc, kabc', ['abc'])).toBe(
      'user <redacted> may not; abcd, x.<redacted>, kabc',
    );
    expect(withoutSecrets('a (b.c) d', ['(b.c)'])).toBe('a <redacted> d');
  });

  test('one that is a part of another', () => {
    expect(withoutSecrets('admin:password1 password1', ['password1', 'admin:password1'])).toBe(
      '<redacted> <redacted>',
    );
  });

  test('without secrets, and without theirs, words stay', () => {
    fc.assert(
      fc.property(fc.string(), (words) => {
        expect(withoutSecrets(words, [])).toBe(words);
        expect(withoutSecrets(words, ['', 'a secret that nobody says'])).toBe(words);
      }),
    );
  });
});
