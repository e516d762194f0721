import { etcdStore, kubernetesStore } from '../../operations/stores.ts';
import { repairContract } from './contract.ts';

repairContract('etcd', etcdStore);
repairContract('Kubernetes', kubernetesStore);
