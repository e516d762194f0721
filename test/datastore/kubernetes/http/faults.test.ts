import { expect, test } from 'bun:test';
import {
  certificateFault,
  isCertificateFault,
} from '../../../../src/datastore/kubernetes/http/certificate.ts';
import { faultOf } from '../../../../src/datastore/kubernetes/http/faults.ts';

/** Faults that are hard to bring about with servers. */

const PEER = { host: 'api.example', secure: true, clientCertificate: false, origin: 'context "a" of f' };
const error = (code: string, message = code) => Object.assign(new Error(message), { code });
const SHOWN = {
  subject: { CN: 'api' },
  issuer: { CN: 'corp CA' },
  subjectaltname: 'DNS:a.example, IP Address:192.0.2.1',
  valid_from: 'Jan  1 00:00:00 2020 GMT',
  valid_to: 'Jan  1 00:00:00 2021 GMT',
} as unknown as Parameters<typeof certificateFault>[2];

test('faults of certificates, with what the server shows and without', () => {
  const codes = {
    DEPTH_ZERO_SELF_SIGNED_CERT: [
      'its certificate is signed by itself, and not trusted here',
      'its certificate is signed by itself, and not trusted here',
    ],
    SELF_SIGNED_CERT_IN_CHAIN: [
      'its certificate is signed by the authority "corp CA", which is not trusted here',
      'its certificate is signed by an authority, which is not trusted here',
    ],
    CERT_HAS_EXPIRED: ['its certificate has expired on 2021-01-01T00:00:00Z', 'its certificate has expired'],
    CERT_NOT_YET_VALID: [
      'its certificate is not valid before 2020-01-01T00:00:00Z',
      'its certificate is not valid yet',
    ],
    ERR_TLS_CERT_ALTNAME_INVALID: [
      'its certificate is not for api.example but for a.example, 192.0.2.1',
      'its certificate is not for api.example',
    ],
    CERT_REVOKED: ['its certificate is refused: CERT_REVOKED', 'its certificate is refused: CERT_REVOKED'],
  };
  for (const [code, messages] of Object.entries(codes)) {
    const fault = error(code);
    expect(isCertificateFault(fault)).toBe(true);
    const told = [SHOWN, undefined].map((shown) => certificateFault(PEER, fault, shown));
    expect(told.map(({ kind, message }) => [kind, message])).toEqual(
      messages.map((message) => ['certificate', message]),
    );
    expect(told[0]!.facts.hint).toBeDefined();
  }
  expect(isCertificateFault(error('ECONNRESET'))).toBe(false);
});

test('a handshake that fails on our certificate has sent nothing that was read', () => {
  const alert = error('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  const told = faultOf({ ...PEER, clientCertificate: true }, alert, true);
  expect([told.kind, told.message, told.facts.sent]).toEqual([
    'certificate',
    'it refuses our client certificate',
    false,
  ]);
});

test('OpenSSL names some faults in the message only', () => {
  const old = error(
    'EPROTO',
    'write EPROTO 80EC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:x.c:350:\n',
  );
  expect(faultOf(PEER, old, false)).toMatchObject({ kind: 'not-http', message: 'it does not speak TLS' });
});

test('what has no name is told in its own words', () => {
  expect(faultOf(PEER, error('EMFILE', 'too many open files'), false)).toMatchObject({
    kind: 'broken',
    message: 'too many open files',
  });
  expect(faultOf(PEER, error('ECONNRESET'), true)).toMatchObject({
    kind: 'broken',
    message: 'the connection broke before the answer came',
    facts: { sent: true },
  });
});
