import { openFileEnvironment } from '../file/environment.ts';
import { describeMutants } from './mutants.ts';

describeMutants(openFileEnvironment);
