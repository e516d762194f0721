import { describe, expect, test } from 'bun:test';
import { type CalicoctlError, formatError } from '../../../../src/core/errors.ts';
import type { Action } from '../../../../src/datastore/kubernetes/api/action.ts';
import { parsePath } from '../../../../src/datastore/kubernetes/api/invalid.ts';
import { refusalError } from '../../../../src/datastore/kubernetes/api/refusal.ts';
import { CONFIG_MAPS, configMap, POOLS, pool } from './fixture.ts';

/** What servers of version 1.34 say, word for word, and what users are told. */

const SERVER = { name: 'https://api:6443', origin: 'context "a" of f', shown: 'a bearer token' };
const onPool = (verb: Action['verb']): Action => ({ verb, ...pool('a') });

function refusal(
  code: number,
  message: string,
  more: Record<string, unknown> = {},
  action = onPool('get'),
  { headers = {}, server = SERVER } = {},
) {
  const text = JSON.stringify({ kind: 'Status', status: 'Failure', message, code, ...more });
  return refusalError(server, action, {
    status: code,
    headers: { 'content-type': 'application/json', ...headers },
    text,
  });
}

function strange(status: number, text: string, headers = {}, action = onPool('get')) {
  return refusalError(SERVER, action, { status, headers, text });
}

const told = (error: CalicoctlError) => [error.errorClass, formatError(error)];

describe('objects', () => {
  test('that are missing', () => {
    const more = { reason: 'NotFound', details: { name: 'a', group: POOLS.group, kind: 'ippools' } };
    const error = refusal(404, 'ippools.crd.projectcalico.org "a" not found', more);
    expect(told(error)).toEqual(['not-found', 'resource does not exist: IPPool(a)']);
    expect(error.details.resource).toBe('IPPool(a)');
  });

  test('whose namespace is missing', () => {
    const more = { reason: 'NotFound', details: { name: 'shop', kind: 'namespaces' } };
    const action: Action = { verb: 'create', ...configMap('a', 'shop') };
    expect(told(refusal(404, 'namespaces "shop" not found', more, action))).toEqual([
      'not-found',
      'resource does not exist: Namespace(shop)\n  Create the namespace first; it is needed for ConfigMap(shop/a).',
    ]);
  });

  test('of kinds that are not served', () => {
    const calico = [
      'not-supported',
      "the API server does not serve ippools.crd.projectcalico.org/v1: Calico's custom resource definitions are not installed\n  calicoctl datastore init installs them.",
    ];
    const answer = '404 page not found\n';
    expect(told(strange(404, answer, { 'content-type': 'text/plain' }))).toEqual(calico);
    expect(told(strange(404, answer, {}, { verb: 'list', collection: POOLS }))).toEqual(calico);
    expect(told(refusal(404, 'the server could not find the requested resource', { details: {} }))).toEqual(
      calico,
    );
    expect(told(strange(404, answer, {}, { verb: 'list', collection: CONFIG_MAPS }))).toEqual([
      'not-supported',
      'the API server does not serve configmaps/v1',
    ]);
  });

  test('that are there already, or were changed', () => {
    const exists = refusal(409, 'x "a" already exists', { reason: 'AlreadyExists' }, onPool('create'));
    expect(told(exists)).toEqual(['already-exists', 'resource already exists: IPPool(a)']);
    const said = [
      'Operation cannot be fulfilled on ippools "a": the object has been modified; please apply your changes to the latest version and try again',
      'Operation cannot be fulfilled on ConfigMap "q": the ResourceVersion in the precondition (2) does not match the ResourceVersion in record (22417). The object might have been modified',
    ];
    for (const message of said) {
      expect(told(refusal(409, message, { reason: 'Conflict' }, onPool('update')))).toEqual([
        'conflict',
        'update conflict: IPPool(a) was changed since it was read\n  Get it again and repeat the change.',
      ]);
    }
    const replaced = [
      'Operation cannot be fulfilled on ConfigMap "q": the UID in the precondition (abc) does not match the UID in record (3c68). The object might have been deleted and then recreated',
      'Operation cannot be fulfilled on configmaps "q": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/q, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: abc, UID in object meta: 3c68',
    ];
    for (const message of replaced) {
      expect(told(refusal(409, message, { reason: 'Conflict' }, onPool('delete')))).toEqual([
        'conflict',
        'update conflict: IPPool(a) was deleted and made anew since it was read\n  Get it again and repeat the change.',
      ]);
    }
  });

  test('with a version that is none', () => {
    const error = refusal(500, 'strconv.ParseUint: parsing "abc": invalid syntax', {}, onPool('update'));
    expect(told(error)).toEqual([
      'validation',
      'IPPool(a): metadata.resourceVersion is not a version of the API server: a decimal number',
    ]);
    expect(error.details.mayBeDone).toBeUndefined();
  });

  test('that are too large, or in a form that is not taken', () => {
    const large = [
      refusal(413, 'Request entity too large: limit is 3145728'),
      refusal(500, 'etcdserver: request is too large', {}, onPool('update')),
      refusal(
        500,
        'rpc error: code = ResourceExhausted desc = trying to send message larger than max (9 vs. 8)',
      ),
    ];
    for (const error of large) {
      expect(told(error)).toEqual([
        'validation',
        'IPPool(a) is larger than the API server accepts\n  etcd takes 1.5 MiB for an object unless configured otherwise.',
      ]);
      expect(error.details.mayBeDone).toBeUndefined();
    }
    expect(told(refusal(415, 'the body of the request was in an unknown format'))[0]).toBe('not-supported');
    expect(told(refusal(400, 'the name of the object (r) does not match the name on the URL (q)'))).toEqual([
      'validation',
      'IPPool(a): the name of the object (r) does not match the name on the URL (q)',
    ]);
  });
});

describe('fields', () => {
  const invalid = (...causes: { reason: string; message: string; field: string }[]) =>
    refusal(
      422,
      'IPPool "a" is invalid: [many words]',
      { reason: 'Invalid', details: { causes } },
      onPool('create'),
    );

  test('are named one by one, with what they hold and why that is wrong', () => {
    const error = invalid(
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "X_1": must be lower case: or so',
        field: 'metadata.name',
      },
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 5: spec.blockSize in body should be less than 3',
        field: 'spec.blockSize',
      },
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.cidr' },
      {
        reason: 'FieldValueNotSupported',
        message: 'Unsupported value: "Maybe": supported values: "Always", "Never"',
        field: 'spec.ingress[0].action',
      },
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: {"a":[1,2]}: no such rule: x',
        field: 'metadata.labels[a.b/c].d',
      },
      { reason: 'FieldValueForbidden', message: 'Forbidden: may not be set', field: 'status' },
      { reason: 'FieldValueInvalid', message: 'Invalid value: must be one thing', field: '<nil>' },
      { reason: 'FieldValueTooMany', message: 'Too many: 5: must have at most 2 items', field: 'spec.list' },
      {
        reason: 'FieldValueTypeInvalid',
        message: 'Invalid value: "string": spec.asNumber in body must be of type integer: "string"',
        field: 'spec.asNumber',
      },
      { reason: 'FieldValueInvalid', message: 'Invalid value: "object": a pool has one', field: 'spec' },
      { reason: 'FieldValueInvalid', message: 'Invalid value: "string": cannot be changed', field: 'spec.y' },
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.ingress[10]' },
      { reason: 'FieldValueDuplicate', message: 'Duplicate value: "a"', field: 'spec.x' },
    );
    expect(told(error)).toEqual([
      'validation',
      [
        'IPPool(a) is refused by the API server',
        '  must be one thing',
        '  metadata.labels["a.b/c"].d: {"a":[1,2]} no such rule: x',
        '  metadata.name: "X_1" must be lower case: or so',
        '  spec: a pool has one',
        '  spec.asNumber: must be of type integer, not string',
        '  spec.blockSize: 5 should be less than 3',
        '  spec.cidr: is required',
        '  spec.ingress[0].action: "Maybe" is not one of "Always", "Never"',
        '  spec.ingress[10]: is required',
        '  spec.list: 5: must have at most 2 items',
        '  spec.x: "a" is given twice',
        '  spec.y: cannot be changed',
        '  status: may not be set',
      ].join('\n'),
    ]);
    expect(error.details.problems![7]!.path).toEqual(['spec', 'ingress', 0, 'action']);
  });

  test('or not, where the server names none', () => {
    expect(told(refusal(422, 'no way', {}, onPool('create')))).toEqual(['validation', 'IPPool(a): no way']);
  });

  test('have paths as the server writes them', () => {
    expect(parsePath('spec.a[0][1].b')).toEqual(['spec', 'a', 0, 1, 'b']);
    expect(parsePath('metadata.annotations[projectcalico.org/metadata]')).toEqual([
      'metadata',
      'annotations',
      'projectcalico.org/metadata',
    ]);
    expect(parsePath("spec['a.b']")).toEqual(['spec', 'a.b']);
    expect([parsePath(''), parsePath('<nil>')]).toEqual([[], []]);
  });
});

describe('rights', () => {
  const GROUP = 'rbac.authorization.k8s.io';

  test('in one namespace come with the role that would give them', () => {
    const message =
      'configmaps "a" is forbidden: User "system:serviceaccount:ops:bot" cannot delete resource "configmaps" in API group "" in the namespace "shop"';
    expect(told(refusal(403, message, { reason: 'Forbidden' }))).toEqual([
      'unauthorized',
      [
        'user "system:serviceaccount:ops:bot" may not delete configmaps in namespace shop',
        '  An administrator can allow it with kubectl apply -f - and',
        `  {apiVersion: ${GROUP}/v1, kind: Role, metadata: {name: calicoctl-delete-configmaps, namespace: shop}, rules: [{apiGroups: [""], resources: [configmaps], verbs: [delete]}]}`,
        '  ---',
        `  {apiVersion: ${GROUP}/v1, kind: RoleBinding, metadata: {name: calicoctl-delete-configmaps, namespace: shop}, roleRef: {apiGroup: ${GROUP}, kind: Role, name: calicoctl-delete-configmaps}, subjects: [{kind: ServiceAccount, name: bot, namespace: ops}]}`,
      ].join('\n'),
    ]);
  });

  test('in the cluster, to subresources, to act for others, and to paths', () => {
    const said = [
      'ippools.x is forbidden: User "jo \\"" cannot update resource "ippools/status" in API group "crd.projectcalico.org" at the cluster scope',
      'users "b" is forbidden: User "jo" cannot impersonate resource "users" in API group "" at the cluster scope',
      'forbidden: User "jo" cannot get path "/apis"',
    ].map((message) => formatError(refusal(403, message)));
    expect(said[1]).toContain('user "jo" may not impersonate users in the whole cluster');
    expect(said[1]).toContain('kind: ClusterRole, metadata: {name: calicoctl-impersonate-users}');
    expect(said[2]).toContain('user "jo" may not get the path /apis');
    expect(said[2]).toContain('rules: [{nonResourceURLs: ["/apis"], verbs: [get]}]');
  });

  test('of nobody are not given to everybody', () => {
    const message =
      'x is forbidden: User "system:anonymous" cannot list resource "ippools" in API group "g" at the cluster scope';
    const [errorClass, text] = told(refusal(403, message, {}, { verb: 'list', collection: POOLS }));
    expect(errorClass).toBe('unauthorized');
    expect(text).toContain('it does not know us');
    expect(text).not.toContain('ClusterRole');
  });

  test('are not what a webhook refuses', () => {
    expect(told(refusal(403, 'admission webhook "w" denied the request: no pools on Fridays'))).toEqual([
      'validation',
      'IPPool(a): admission webhook "w" denied the request: no pools on Fridays',
    ]);
  });

  test('are asked of those who are known', () => {
    expect(told(refusal(401, 'Unauthorized', { reason: 'Unauthorized' }))).toEqual([
      'unauthorized',
      'Kubernetes API server at https://api:6443: it does not know us; it was shown a bearer token\n  The credentials are from context "a" of f; they may have expired or be for another cluster.',
    ]);
    const without = (name: string) =>
      refusal(401, 'Unauthorized', {}, onPool('get'), {
        server: { ...SERVER, name, shown: 'no credentials' },
      });
    expect(without('https://api:6443').details.hint).toBe(
      'Context "a" of f gives no token, client certificate or exec plugin.',
    );
    expect(without('http://api:8080').details.hint).toBe(
      'No credentials are sent over http://; is https:// meant? The address is from context "a" of f.',
    );
    expect(told(strange(401, '<h1>401</h1>', { 'content-type': 'text/html' }))[0]).toBe('unauthorized');
  });
});

describe('servers', () => {
  const at = 'Kubernetes API server at https://api:6443:';

  test('with too much to do', () => {
    const error = refusal(429, 'too many requests', {}, onPool('create'), {
      headers: { 'retry-after': '30' },
    });
    expect(error.errorClass).toBe('unavailable');
    expect(error.message).toBe(`${at} it has too many requests to answer and asks to come back in 30 s`);
    expect(error.details.mayBeDone).toBeUndefined();
    expect(told(strange(429, 'slow down'))[0]).toBe('unavailable');
  });

  test('that fail may have done what they were asked, unless a webhook kept them from it', () => {
    const write = (code: number, message: string) => refusal(code, message, {}, onPool('create'));
    const maybe = '; the change may or may not have been made';
    const error = write(500, 'etcdserver: request timed out');
    expect(told(error)).toEqual(['datastore', `${at} status 500: etcdserver: request timed out${maybe}`]);
    expect(error.details.mayBeDone).toBe(true);
    expect(told(write(503, 'shutting down'))).toEqual(['unavailable', `${at} shutting down${maybe}`]);
    expect(refusal(500, 'etcdserver: request timed out').details.mayBeDone).toBeUndefined();
    const webhook = write(500, 'Internal error occurred: failed calling webhook "w": refused');
    expect([webhook.details.mayBeDone, webhook.message.includes(maybe)]).toEqual([undefined, false]);
  });

  test('that have forgotten a version', () => {
    const error = refusal(410, 'too old resource version: 1 (9)', {}, { verb: 'watch', collection: POOLS });
    expect(error.errorClass).toBe('conflict');
    expect(error.message).toContain('ippools.crd.projectcalico.org: that version is too old');
  });

  test('that are none', () => {
    const page =
      '<!DOCTYPE html><html><head><style>b {}</style><title>502 Bad Gateway</title></head><body>\n nginx </body></html>';
    const html = { 'content-type': 'text/html; charset=utf-8' };
    const bad = strange(502, page, html, onPool('create'));
    expect(bad.message).toBe(
      `${at} it answers status 502 with text/html, not as an API server does: "502 Bad Gateway nginx"; the change may or may not have been made`,
    );
    expect([bad.errorClass, bad.details.mayBeDone]).toEqual(['unavailable', true]);
    const missing = strange(404, '<h1>Not here</h1>', html);
    expect([missing.errorClass, missing.message]).toEqual([
      'datastore',
      `${at} it answers status 404 with text/html, not as an API server does: "Not here"`,
    ]);
    const login = strange(302, '', { location: 'https://me:pw@login.example/start?token=secret' });
    expect(login.message).toBe(`${at} it redirects to https://login.example/start, which is not followed`);
    expect(strange(407, 'log in').message).toContain('the proxy asks for a user and a password');
    expect(strange(400, 'Client sent an HTTP request to an HTTPS server.\n').message).toBe(
      `${at} it speaks TLS`,
    );
  });
});
