import type { Finding, StepId } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';
import { addresses } from './addresses.ts';
import { bgp } from './bgp.ts';
import { clock } from './clock.ts';
import { configuration, credentials } from './configuration.ts';
import { answer, login, name, port, tls } from './connection.ts';
import { datastore, definitions, health, nodes, versions } from './health.ts';
import { policies } from './policies.ts';
import { rights } from './rights.ts';

export interface Step {
  readonly id: StepId;
  readonly title: string;
  /** Steps without which it makes no sense. */
  readonly needs: readonly StepId[];
  /** Undefined where it has nothing to do with such a datastore. Throws what is to be told as found. */
  readonly run: (around: Surroundings) => Promise<Finding | undefined>;
}

export const STEPS: readonly Step[] = [
  { id: 'configuration', title: 'Configuration', needs: [], run: configuration },
  { id: 'credentials', title: 'Files and credentials', needs: ['configuration'], run: credentials },
  { id: 'name', title: 'Name of the server', needs: ['credentials'], run: name },
  { id: 'port', title: 'Port of the server', needs: ['credentials', 'name'], run: port },
  { id: 'tls', title: 'TLS', needs: ['credentials', 'name', 'port'], run: tls },
  { id: 'answer', title: 'Answer', needs: ['credentials', 'name', 'port', 'tls'], run: answer },
  { id: 'login', title: 'Login', needs: ['answer'], run: login },
  { id: 'rights', title: 'Rights', needs: ['login'], run: rights },
  { id: 'clock', title: 'Clock', needs: ['answer'], run: clock },
  { id: 'datastore', title: 'Datastore', needs: ['login'], run: datastore },
  { id: 'versions', title: 'Versions', needs: ['login'], run: versions },
  { id: 'definitions', title: 'Definitions of kinds', needs: ['login'], run: definitions },
  { id: 'nodes', title: 'Nodes and their names', needs: ['login'], run: nodes },
  { id: 'bgp', title: 'BGP', needs: ['login'], run: bgp },
  { id: 'addresses', title: 'Addresses', needs: ['login'], run: addresses },
  { id: 'policies', title: 'Resources and policies', needs: ['login'], run: policies },
  { id: 'health', title: 'Health of the cluster', needs: ['login'], run: health },
];
