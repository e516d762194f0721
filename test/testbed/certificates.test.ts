import { describe, expect, test } from 'bun:test';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { issue } from '../../scripts/testbed/certificates.mjs';

const ca = issue({ commonName: 'an authority' });
const authority = new X509Certificate(ca.certificate);
const HOUR = 3_600_000;

describe('certificates of the test bed', () => {
  test('an authority signs itself', () => {
    expect(authority.ca).toBe(true);
    expect(authority.subject).toBe('CN=an authority');
    expect(authority.verify(ca.publicKey)).toBe(true);
  });

  test('a server is good for its names and addresses, and for no others', () => {
    const names = ['localhost', '127.0.0.1'];
    const { certificate, key } = issue({ commonName: 'a server', issuer: ca, names });
    const server = new X509Certificate(certificate);
    expect(server.ca).toBe(false);
    expect(server.issuer).toBe('CN=an authority');
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkHost('elsewhere')).toBeUndefined();
    expect(server.checkIP('127.0.0.2')).toBeUndefined();
  });

  test('one of another authority does not pass', () => {
    const other = issue({ commonName: 'an authority' });
    const user = new X509Certificate(issue({ commonName: 'a user', issuer: other }).certificate);
    expect(user.verify(authority.publicKey)).toBe(false);
    expect(user.verify(other.publicKey)).toBe(true);
  });

  test('lasts as long as it is told to', () => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const { certificate } = issue({ commonName: 'short', issuer: ca, from: now - HOUR, until: now + HOUR });
    const { validFrom, validTo } = new X509Certificate(certificate);
    expect([validFrom, validTo].map(Date.parse)).toEqual([now - HOUR, now + HOUR]);
  });
});
