import { describe, expect, test } from 'bun:test';
import { questionOf } from '../../../src/ipam/whois/whois.ts';
import { parseAddress } from '../../../src/resources/net/address.ts';

describe('a question', () => {
  test.each(['10.0.0.1', '10.0.0.1/32', '::ffff:10.0.0.1'])('of %p is about an address', (word) => {
    expect(questionOf(word, undefined)).toEqual({ address: parseAddress('10.0.0.1')! });
  });

  test('may name a namespace once, or twice the same', () => {
    const wanted = { name: 'web-0', namespace: 'shop' };
    expect(questionOf('shop/web-0', undefined)).toEqual(wanted);
    expect(questionOf('shop/web-0', 'shop')).toEqual(wanted);
    expect(questionOf('web-0', 'shop')).toEqual(wanted);
    expect(questionOf('web-0', '')).toEqual({ name: 'web-0', namespace: undefined });
  });

  test.each([
    ['10.0.0.0/26', undefined, 'is a network'],
    ['fd00::/64', undefined, 'is a network'],
    ['', undefined, 'neither an address nor'],
    ['/web', undefined, 'neither an address nor'],
    ['shop/', undefined, 'neither an address nor'],
    ['a/b/c', undefined, 'neither an address nor'],
    ['shop/web-0', 'lab', 'is in namespace shop, but --namespace says lab'],
  ])('of %p in %p is refused', (word, namespace, message) => {
    expect(() => questionOf(word, namespace)).toThrow(message);
  });
});
