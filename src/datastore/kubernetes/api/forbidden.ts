/** 403 in words, with the role that would allow what was asked. */
import { at, type Refusal, subject, type Told } from './status.ts';

const RBAC =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/;
const RBAC_PATH = /User "(?<user>[^"]*)" cannot (?<verb>\S+) path "(?<path>[^"]+)"/;

/** Who may not do what, and the minimal role that would let them. Rights differ between kinds and namespaces. */
export function forbidden(refusal: Refusal): Told {
  const isAnonymous = /User "system:anonymous"/.test(refusal.status.message);
  return isAnonymous ? anonymous(refusal) : { ...denial(refusal), scope: 'resource' };
}

function denial({ server, action, status }: Refusal): Told {
  const denied = RBAC.exec(status.message)?.groups;
  if (denied !== undefined) {
    const { user = '', verb = '', resource = '', group = '', namespace } = denied;
    const what = group === '' ? resource : `${resource}.${group}`;
    const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
    const rule = `{apiGroups: [${quoted(group)}], resources: [${quoted(resource)}], verbs: [${verb}]}`;
    return {
      errorClass: 'unauthorized',
      message: `user ${JSON.stringify(user)} may not ${verb} ${what} ${where}`,
      hint: roleHint(user, rule, `calicoctl-${verb}-${resource.replace('/', '-')}`, namespace),
    };
  }
  const path = RBAC_PATH.exec(status.message)?.groups;
  if (path !== undefined) {
    const rule = `{nonResourceURLs: [${quoted(path['path']!)}], verbs: [${path['verb']}]}`;
    return {
      errorClass: 'unauthorized',
      message: `user ${JSON.stringify(path['user'])} may not ${path['verb']} the path ${path['path']}`,
      hint: roleHint(path['user']!, rule, 'calicoctl-discovery', undefined),
    };
  }
  return {
    // A webhook or a quota refuses this object; others may pass.
    errorClass: /admission|denied the request|quota|terminated/i.test(status.message)
      ? 'validation'
      : 'unauthorized',
    message: `${action.label ?? at(server).slice(0, -1)}: ${status.message || 'forbidden'}`,
  };
}

/** The server took us for nobody; a role for everybody is not what is wanted. */
function anonymous({ server, action }: Refusal): Told {
  return {
    errorClass: 'unauthorized',
    message: `${at(server)} it does not know us (it was shown ${server.shown}), and who is not known may not ${action.verb} ${subject(action)}`,
    hint: `The credentials are from ${server.origin}.`,
  };
}

function quoted(text: string): string {
  return /^[a-z][a-z0-9./-]*$/.test(text) ? text : JSON.stringify(text);
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Two YAML documents for `kubectl apply -f -`. */
function roleHint(user: string, rule: string, name: string, namespace: string | undefined): string {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = `{name: ${name}${namespace === undefined ? '' : `, namespace: ${quoted(namespace)}`}}`;
  const head = (of: string) => `{apiVersion: ${RBAC_GROUP}/v1, kind: ${of}, metadata: ${metadata}`;
  return [
    'An administrator can allow it with kubectl apply -f - and',
    `${head(kind)}, rules: [${rule}]}`,
    '---',
    `${head(`${kind}Binding`)}, roleRef: {apiGroup: ${RBAC_GROUP}, kind: ${kind}, name: ${name}}, subjects: [${subjectOf(user)}]}`,
  ].join('\n  ');
}

function subjectOf(user: string): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace !== undefined)
    return `{kind: ServiceAccount, name: ${quoted(name!)}, namespace: ${quoted(namespace)}}`;
  return `{kind: User, apiGroup: ${RBAC_GROUP}, name: ${JSON.stringify(user)}}`;
}
