import { describeDatastoreContract } from '../contract/contract.ts';
import { openFileEnvironment } from './environment.ts';

describeDatastoreContract('the file datastore', openFileEnvironment);
