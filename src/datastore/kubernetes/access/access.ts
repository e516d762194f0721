/** What a request proves itself with. At most one of the two ways is usually given; a server may be shown both. */
export interface Credentials {
  /** Value of the Authorization header, e.g. `Bearer …`. */
  readonly authorization?: string;
  /** Client certificate and key as PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** For whom requests are made, where not for oneself (`--as`, or the kubeconfig's user entry). */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Where the API server is, how it proves itself, and how we do. */
export interface Access {
  /** May have a path (a proxy in front of several clusters); never a query. */
  readonly server: URL;
  /** PEM of the authorities to trust; absent: those of the system. */
  readonly ca?: string;
  /** The name the server's certificate must be for; absent: the host of `server`. */
  readonly serverName?: string;
  /** The server's certificate is not looked at. */
  readonly insecure: boolean;
  /** `http:`, `https:` or `socks5:`; absent: direct. */
  readonly proxy?: URL;
  readonly impersonation?: Impersonation;
  /** The namespace of the context; calicoctl, like the reference, does not take it for `-n`. */
  readonly namespace?: string;
  /** Where all this is from, for errors: `context "prod" of /home/me/.kube/config`, `the pod's service account`. */
  readonly origin: string;
  /** Current credentials; cheap when nothing expired. Runs the exec plugin or reads the token file where needed. */
  credentials(signal: AbortSignal): Promise<Credentials>;
  /** After a 401 with `used`: forgets what is cached. False where there is nothing else to try. */
  refresh(used: Credentials): boolean;
}
