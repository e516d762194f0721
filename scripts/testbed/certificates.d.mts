import type { KeyObject } from 'node:crypto';

/** A key pair and its certificate, both as objects and as PEM. */
export interface Issued {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly certificate: string;
  readonly key: string;
}

export interface Wish {
  readonly commonName: string;
  readonly issuer?: Issued;
  /** Host names and IPv4 addresses. */
  readonly names?: readonly string[];
  /** Milliseconds of the epoch. */
  readonly from?: number;
  readonly until?: number;
}

export function issue(wish: Wish): Issued;
export function writeCertificates(folder: string): void;
