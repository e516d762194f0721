type Env = Readonly<Record<string, string | undefined>>;

export function cacheFolder(env?: Env): string;
export function findBinary(name: string, env?: Env, accept?: (path: string) => boolean): string | undefined;
export function buildOf(name: string, folder: string, env?: Env): { flags: string; path: string };
export function binary(name: 'etcd' | 'kube-apiserver' | 'kubectl', env?: Env): Promise<string>;
