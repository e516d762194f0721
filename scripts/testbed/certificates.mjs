// A private certificate authority and what it signs, written with node:crypto alone: a fresh machine may have no openssl.
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

const SEQUENCE = 0x30;
const DAY = 86_400_000;

function der(tag, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (let arc of rest) {
    const digits = [arc & 0x7f];
    for (arc >>>= 7; arc > 0; arc >>>= 7) digits.unshift((arc & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, bytes);
}

const nameOf = (commonName) =>
  der(SEQUENCE, der(0x31, der(SEQUENCE, oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));

const timeOf = (date) => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('1.2.840.10045.4.3.2'));
const CRITICAL = Buffer.from([0x01, 0x01, 0xff]);

const extension = (id, critical, value) =>
  der(SEQUENCE, oid(id), critical ? CRITICAL : Buffer.alloc(0), der(0x04, value));

/** `address` is an IPv4 address or a host name. */
function alternativeName(address) {
  return isIP(address) === 4 ? der(0x87, address.split('.').map(Number)) : der(0x82, Buffer.from(address));
}

const keyId = (publicKey) =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

function extensionsOf(publicKey, issuer, { authority, names }) {
  const list = [
    extension('2.5.29.14', false, der(0x04, keyId(publicKey))),
    extension('2.5.29.35', false, der(SEQUENCE, der(0x80, keyId(issuer.publicKey)))),
  ];
  if (authority) {
    list.push(extension('2.5.29.19', true, der(SEQUENCE, CRITICAL)));
    list.push(extension('2.5.29.15', true, [0x03, 0x02, 0x01, 0x06]));
  } else {
    list.push(extension('2.5.29.15', true, [0x03, 0x02, 0x07, 0x80]));
    const usages = [oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')];
    list.push(extension('2.5.29.37', false, der(SEQUENCE, ...usages)));
  }
  if (names) list.push(extension('2.5.29.17', false, der(SEQUENCE, ...names.map(alternativeName))));
  return der(0xa3, der(SEQUENCE, ...list));
}

function pem(bytes) {
  const lines = bytes.toString('base64').match(/.{1,64}/g);
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/**
 * A key pair and its certificate. `issuer` is another result of this function, none for a self-signed authority;
 * `names` are the host names and IPv4 addresses it is good for.
 */
export function issue({
  commonName,
  issuer,
  names,
  from = Date.now() - DAY,
  until = Date.now() + 3650 * DAY,
}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = { commonName, publicKey, privateKey };
  const signer = issuer ?? own;
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, [2])),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    nameOf(signer.commonName),
    der(SEQUENCE, timeOf(new Date(from)), timeOf(new Date(until))),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensionsOf(publicKey, signer, { authority: issuer === undefined, names }),
  );
  const signature = sign(
    'sha256',
    body,
    createPrivateKey(signer.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  const certificate = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(0x03, [0], signature));
  return { ...own, certificate: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

/** Writes `<name>.crt` and `<name>.key` for all that tests need; returns nothing, the names are the contract. */
export function writeCertificates(folder) {
  mkdirSync(folder, { recursive: true });
  const ca = issue({ commonName: 'testbed CA' });
  const otherCa = issue({ commonName: 'another CA' });
  const here = ['localhost', '127.0.0.1'];
  const all = {
    ca,
    'other-ca': otherCa,
    server: issue({ commonName: 'etcd', issuer: ca, names: here }),
    client: issue({ commonName: 'calicoctl', issuer: ca }),
    'other-client': issue({ commonName: 'calicoctl', issuer: otherCa }),
    'server-elsewhere': issue({ commonName: 'etcd', issuer: ca, names: ['192.0.2.1', 'etcd.example'] }),
    'server-expired': issue({
      commonName: 'etcd',
      issuer: ca,
      names: here,
      from: 0,
      until: Date.now() - DAY,
    }),
  };
  for (const [name, { certificate, key }] of Object.entries(all)) {
    writeFileSync(join(folder, `${name}.crt`), certificate);
    writeFileSync(join(folder, `${name}.key`), key, { mode: 0o600 });
  }
}
