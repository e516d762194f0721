import { fileStore } from '../../operations/stores.ts';
import { repairContract } from './contract.ts';

repairContract('a folder', fileStore);
