/** What every command is called with: words that reach as far into it as can be without changing this machine. */

export interface Inputs {
  /** A manifest with a network set, and the same with a fault. */
  readonly manifest: string;
  /** What `datastore migrate export` and `datastore backup` gave. */
  readonly exported: string;
  readonly backup: string;
  /** A folder with logs of Calico. */
  readonly logs: string;
}

interface Row {
  /** Words behind those of the command. */
  readonly words: (inputs: Inputs) => readonly string[];
  /** It succeeds wherever the datastore can be reached. */
  readonly works?: true;
  /** It never looks at a datastore. */
  readonly alone?: true;
}

const none: Row['words'] = () => [];

/** By the words of the command. */
export const ROWS: Readonly<Record<string, Row>> = {
  'api-resources': { words: none, works: true, alone: true },
  apply: { words: ({ manifest }) => ['-f', manifest], works: true },
  'cluster diags': { words: () => ['--since', '1h', '--max-logs', '2'] },
  'cluster status': { words: none },
  'config view': { words: () => ['--origins'], works: true },
  create: { words: ({ manifest }) => ['-f', manifest, '--skip-exists'], works: true },
  'datastore backup': { words: () => ['-o', 'backup.jsonl.gz'], works: true },
  'datastore init': { words: () => ['--dry-run'] },
  'datastore migrate-policy-names': { words: none },
  'datastore migrate export': { words: () => ['--to', 'etcdv3'] },
  'datastore migrate import': { words: ({ exported }) => ['--dry-run', '-f', exported] },
  'datastore migrate lock': { words: () => ['--reason', 'a test'], works: true },
  'datastore migrate unlock': { words: none, works: true },
  'datastore restore': { words: ({ backup }) => ['-f', backup, '--dry-run'] },
  'datastore status': { words: none, works: true },
  delete: { words: () => ['networkset', 'none', '--skip-not-exists'], works: true },
  doctor: { words: () => ['--timeout', '4s'] },
  explain: { words: () => ['ippool.spec.cidr'], works: true, alone: true },
  get: { words: () => ['globalnetworkset', '-o', 'yaml'], works: true },
  'ipam check': { words: () => ['-o', 'report.json'] },
  'ipam configure': { words: () => ['--strictaffinity=false'] },
  'ipam release': { words: () => ['--ip=192.0.2.7'] },
  'ipam repair': { words: () => ['--dry-run'] },
  'ipam reserve': { words: () => ['192.0.2.200'] },
  'ipam show': { words: none, works: true },
  'ipam split': { words: () => ['2', '--name=none'] },
  'ipam unreserve': { words: () => ['192.0.2.200'] },
  'ipam whois': { words: () => ['192.0.2.7'] },
  'ippool migrate': { words: () => ['none', '--to-cidr', '10.60.0.0/16'] },
  label: { words: () => ['globalnetworkset', 'none', 'a=b'] },
  'node checksystem': { words: none, alone: true },
  'node diags': { words: ({ logs }) => ['--log-dir', logs, '--output', 'diags.tar.gz'], alone: true },
  'node routes': { words: () => ['--bird-socket', 'none.ctl'], alone: true },
  'node run': { words: () => ['--runtime', 'docker', '--ip', '192.0.2.11'] },
  'node status': { words: () => ['--all', '-o', 'json', '--yes'] },
  patch: { words: () => ['globalnetworkset', 'none', '-p', '{"metadata":{}}'] },
  replace: { words: ({ manifest }) => ['-f', manifest] },
  schema: { words: () => ['ippool'], works: true, alone: true },
  validate: { words: ({ manifest }) => ['--live', '-f', manifest] },
  version: { words: none, works: true },
};
