import { isObject, stringifyJson } from '../../../core/json.ts';
import type { Access } from '../../cluster.ts';
import type { Action } from './action.ts';
import type { Caller } from './caller.ts';

const PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const ACTION: Action = { verb: 'get' };

/** Whether the server would let us. Asking is a POST, but stores nothing. */
export async function reviewAccess(caller: Caller, access: Access): Promise<boolean> {
  const { verb, group, resource: whole, namespace } = access;
  const [resource, subresource] = whole.split('/');
  const resourceAttributes = { verb, group, resource, subresource, namespace };
  const body = stringifyJson({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  });
  const request = { method: 'POST', path: PATH, body, call: 'read' } as const;
  const { status } = await caller.call(ACTION, request, (value) => isObject(value['status']));
  return (status as Record<string, unknown>)['allowed'] === true;
}
