import type { KeyObject } from 'node:crypto';

/** A key pair with its certificate; `certificate` and `key` are PEM text. */
export interface Issued {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly certificate: string;
  readonly key: string;
}

export function issue(options: {
  readonly commonName: string;
  readonly issuer?: Issued;
  readonly names?: readonly string[];
  /** Milliseconds since 1970. */
  readonly from?: number;
  readonly until?: number;
}): Issued;
export function writeCertificates(folder: string): void;
