// What the users of the test bed's API servers may do beyond what their groups give them.
import { put } from './kube-request.mjs';

const API = 'rbac.authorization.k8s.io';
const subject = (name) => [{ apiGroup: API, kind: 'User', name }];
const object = (kind, name, rest) => ({ apiVersion: `${API}/v1`, kind, metadata: { name }, ...rest });
const roleRef = (kind, name) => ({ apiGroup: API, kind, name });

/** Rights of the users: `calicoGroup` is the API group that Calico's kinds are in. */
export async function installRights(server, calicoGroup) {
  const cluster = (plural) => `/apis/${API}/v1/${plural}`;
  const inDefault = (plural) => `/apis/${API}/v1/namespaces/default/${plural}`;
  const grant = (name, kind, role) => object(kind, name, { subjects: subject(name), roleRef: role });
  const all = [
    [
      cluster('clusterrolebindings'),
      grant('certificate-user', 'ClusterRoleBinding', roleRef('ClusterRole', 'cluster-admin')),
    ],
    [
      cluster('clusterroles'),
      object('ClusterRole', 'limited', {
        rules: [{ apiGroups: [calicoGroup], resources: ['ippools'], verbs: ['get', 'list'] }],
      }),
    ],
    [
      cluster('clusterrolebindings'),
      grant('limited', 'ClusterRoleBinding', roleRef('ClusterRole', 'limited')),
    ],
    [
      inDefault('roles'),
      object('Role', 'limited', {
        rules: [{ apiGroups: [calicoGroup], resources: ['networksets'], verbs: ['*'] }],
      }),
    ],
    [inDefault('rolebindings'), grant('limited', 'RoleBinding', roleRef('Role', 'limited'))],
    [
      cluster('clusterroles'),
      object('ClusterRole', 'impersonator', {
        rules: [{ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }],
      }),
    ],
    [
      cluster('clusterrolebindings'),
      grant('impersonator', 'ClusterRoleBinding', roleRef('ClusterRole', 'impersonator')),
    ],
  ];
  for (const [collection, item] of all) await put(server, collection, item);
}
