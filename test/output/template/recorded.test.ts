import { expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { execute } from '../../../src/output/template/execute.ts';
import { FUNCTION_NAMES, templateFunctions } from '../../../src/output/template/functions.ts';
import { rootValue } from '../../../src/output/template/go-types.ts';
import { parseTemplate } from '../../../src/output/template/parse.ts';
import type { GoValue } from '../../../src/output/template/values.ts';
import kind from '../../../src/resources/kinds/globalnetworkpolicy.ts';
import { LISTED, SINGLE } from './recorded.ts';

const head = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy' };
const typed = {
  ...head,
  metadata: {
    name: 'typed',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { b: '2', a: '1', é: 'ü<x>' },
  },
  spec: {
    tier: 'default',
    order: 12.5,
    selector: "a == 'b'",
    types: ['Ingress', 'Egress'],
    ingress: [
      {
        action: 'Allow',
        protocol: 'TCP',
        source: { nets: ['10.0.0.0/8', 'fd00::/8'], ports: [80, '90:99', 'web'] },
      },
    ],
  },
};
const bare = { ...head, metadata: { name: 'bare', uid: 'w' }, spec: {} };
const list = { kind: 'GlobalNetworkPolicyList', metadata: { resourceVersion: '9' }, items: [typed, bare] };

function run(template: string, root: GoValue): string {
  try {
    return execute(parseTemplate(template, FUNCTION_NAMES), templateFunctions('64512'), root).real;
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    return `ERR ${error.message}`;
  }
}

test('templates give what they give in Go', () => {
  const root = rootValue([typed, bare].map((document) => ({ kind, list: false, document })));
  expect(SINGLE.map(([template]) => [template, run(template, root)])).toEqual(SINGLE.map((row) => [...row]));
});

test('templates over a list give what they give in Go', () => {
  const root = rootValue([{ kind, list: true, document: list }]);
  expect(LISTED.map(([template]) => [template, run(template, root)])).toEqual(LISTED.map((row) => [...row]));
});
