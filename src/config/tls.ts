import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type CalicoctlError, formatValue } from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';
import { CIPHER_NAMES, cipherList } from './ciphers.ts';
import type { Configuration } from './configuration.ts';
import { ETCD_TLS_FILES, ETCD_TLS_INLINE } from './etcd.ts';
import { maskValue } from './mask.ts';
import { type Fault, type PemCertificate, readCertificates, readPrivateKey, validityFault } from './pem.ts';
import { givenAs, type Settings, settingError, settingValue } from './setting.ts';
import type { SettingName } from './settings.ts';
import { reasonOf } from './system.ts';

/** TLS settings for etcd in the form of `tls.connect`. Without `ca` the system's own CAs are meant. */
export interface EtcdTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers?: string;
}

/** PEM text with the name to use for it in errors. */
interface Source {
  readonly setting: SettingName;
  /** The setting as given and, for a file, its path. */
  readonly label: string;
  readonly text: string;
}

interface Sources {
  readonly ca?: Source;
  readonly cert?: Source;
  readonly key?: Source;
}

/**
 * Reads and checks everything TLS to etcd needs, before anything is dialled. What no endpoint would use is checked
 * less: with plain http endpoints a CA without a certificate and certificates out of date are let pass, as they
 * always were, but files that are missing and keys that do not fit are not.
 * @throws CalicoctlError `configuration`, naming the setting, the file and the fault, never the content
 */
export async function loadEtcdTls(config: Configuration, now: Date = new Date()): Promise<EtcdTls> {
  const { settings, cwd, etcd } = config;
  const sources = await readSources(settings, cwd);
  const isUsed =
    etcd.endpoints.some((endpoint) => endpoint.startsWith('https:')) || etcd.discoverySrv !== undefined;
  return {
    minVersion: minVersionOf(settings),
    ...ciphersOf(settings),
    ...authorityOf(settings, sources.ca, isUsed ? now : undefined),
    ...identityOf(settings, sources, isUsed ? now : undefined),
  };
}

async function readSources(settings: Settings, cwd: string): Promise<Sources> {
  const files = ETCD_TLS_FILES.filter((name) => settingValue(settings, name) !== undefined);
  const inline = ETCD_TLS_INLINE.filter((name) => settingValue(settings, name) !== undefined);
  if (files.length > 0 && inline.length > 0) {
    const message = `${names(settings, files)} and ${names(settings, inline)} cannot be mixed`;
    const hint = 'Give all TLS material for etcd as files, or all of it as PEM text.';
    throw settingError(settings, [...inline, ...files], message, { hint });
  }
  if (inline.length > 0) {
    // The reference asks for both here even where only the CA is of interest.
    requirePair(settings, 'etcdCert', 'etcdKey', true);
    return inlineSources(settings);
  }
  requirePair(settings, 'etcdCertFile', 'etcdKeyFile', false);
  const [ca, cert, key] = await Promise.all(ETCD_TLS_FILES.map((name) => readSource(settings, name, cwd)));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function names(settings: Settings, list: readonly SettingName[]): string {
  return list.map((name) => givenAs(settings, name)).join(', ');
}

function requirePair(settings: Settings, cert: SettingName, key: SettingName, isRequired: boolean): void {
  const hasCert = settingValue(settings, cert) !== undefined;
  const hasKey = settingValue(settings, key) !== undefined;
  if (hasCert && hasKey) return;
  if (!isRequired && !hasCert && !hasKey) return;
  const missing = [hasCert ? [] : [cert], hasKey ? [] : [key]].flat();
  const message = `a certificate and a key for etcd are needed together; ${missing.join(' and ')} is not set`;
  throw settingError(settings, [cert, key, 'etcdCACert'], message);
}

function inlineSources(settings: Settings): Sources {
  const source = (setting: SettingName): Source | undefined => {
    const text = settingValue(settings, setting);
    return typeof text === 'string' ? { setting, label: setting, text } : undefined;
  };
  const [ca, cert, key] = ETCD_TLS_INLINE.map(source);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readSource(
  settings: Settings,
  setting: (typeof ETCD_TLS_FILES)[number],
  cwd: string,
): Promise<Source | undefined> {
  const path = settingValue(settings, setting);
  if (path === undefined) return undefined;
  const label = `${givenAs(settings, setting)}: ${maskValue({}, path)}`;
  try {
    return { setting, label, text: await readFile(resolve(cwd, path), 'latin1') };
  } catch (error) {
    // No cause: where PEM text stands in place of a path, the system's error repeats it.
    throw settingError(settings, [setting], `${label} cannot be read: ${reasonOf(error)}`);
  }
}

function refuse(settings: Settings, source: Source, fault: string): CalicoctlError {
  return settingError(settings, [source.setting], `${source.label} ${fault}`);
}

function isFault(value: object): value is Fault {
  return 'fault' in value;
}

/** `now` is undefined where no endpoint uses TLS. */
function authorityOf(settings: Settings, source: Source | undefined, now: Date | undefined): { ca?: string } {
  if (source === undefined) return {};
  const isInline = source.setting === 'etcdCACert';
  const certificates = readCertificates(source.text);
  if (isFault(certificates)) {
    const isIgnored = now === undefined && !isInline && !source.text.includes('-----BEGIN CERTIFICATE-----');
    if (isIgnored) return {};
    throw refuse(settings, source, certificates.fault);
  }
  // Bundles keep old CAs next to their successors, so only one that has nothing left is refused.
  const faults = certificates.map(({ certificate }) => now && validityFault(certificate, now));
  const [fault] = faults;
  if (fault !== undefined && faults.every((each) => each !== undefined))
    throw refuse(settings, source, fault);
  return { ca: joinPem(certificates) };
}

function identityOf(
  settings: Settings,
  { cert, key }: Sources,
  now: Date | undefined,
): { cert?: string; key?: string } {
  if (cert === undefined || key === undefined) return {};
  const certificates = readCertificates(cert.text);
  if (isFault(certificates)) throw refuse(settings, cert, certificates.fault);
  const privateKey = readPrivateKey(key.text);
  if (isFault(privateKey)) throw refuse(settings, key, privateKey.fault);
  const { certificate } = certificates[0]!;
  if (!certificate.checkPrivateKey(privateKey.key)) {
    throw refuse(settings, key, `does not belong to the certificate of ${cert.label}`);
  }
  const fault = now && validityFault(certificate, now);
  if (fault !== undefined) throw refuse(settings, cert, fault);
  return { cert: joinPem(certificates), key: `${privateKey.pem}\n` };
}

function joinPem(certificates: readonly PemCertificate[]): string {
  return certificates.map(({ pem }) => `${pem}\n`).join('');
}

function minVersionOf(settings: Settings): EtcdTls['minVersion'] {
  const version = settingValue(settings, 'tlsMinVersion') ?? '1.2';
  if (version === '1.2' || version === '1.3') return `TLSv${version}`;
  const message = `${givenAs(settings, 'tlsMinVersion')}: ${formatValue(version)} is not 1.2 or 1.3`;
  throw settingError(settings, ['tlsMinVersion'], message);
}

function ciphersOf(settings: Settings): { ciphers?: string } {
  const suites = settingValue(settings, 'tlsCipherSuites');
  if (suites === undefined) return {};
  const list = cipherList(suites);
  if ('ciphers' in list) return list.ciphers === '' ? {} : { ciphers: list.ciphers };
  const meant = nearest(list.unknown, CIPHER_NAMES);
  const message = `${givenAs(settings, 'tlsCipherSuites')}: ${formatValue(list.unknown)} is not a cipher suite we know`;
  throw settingError(settings, ['tlsCipherSuites'], message, {
    hint: meant === undefined ? `Known ones: ${CIPHER_NAMES.join(', ')}.` : `Did you mean ${meant}?`,
  });
}
