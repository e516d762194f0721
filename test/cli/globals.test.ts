import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { createLog, LOG_LEVELS, logLevelNamed } from '../../src/core/log.ts';
import { globalOptions } from '../../src/kit/options.ts';
import { workspace } from '../commands/run.ts';

/** Every option that all commands share has an effect. */

const SET = 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: {name: lab}\n';

async function inWorkspace(
  work: (space: Awaited<ReturnType<typeof workspace>>) => Promise<void>,
): Promise<void> {
  const space = await workspace();
  try {
    await work(space);
  } finally {
    await space.remove();
  }
}

describe('--log-level', () => {
  test('is silent unless asked', () =>
    inWorkspace(async ({ calicoctl }) => {
      expect((await calicoctl(['get', 'ippool'])).err).toBe('');
    }));

  test('info tells where settings come from and what was opened', () =>
    inWorkspace(async ({ calicoctl }) => {
      const { err, status } = await calicoctl(['get', 'ippool', '-l', 'INFO']);
      expect(status).toBe(0);
      const lines = err.trimEnd().split('\n');
      expect(lines.map((line) => line.replace(/^time="[\dT:-]+Z" /, ''))).toEqual([
        'level=info msg="configuration read" source=environment',
        'level=info msg="datastore opened" type=file',
      ]);
    }));

  test('debug tells every operation', () =>
    inWorkspace(async ({ calicoctl, write }) => {
      await write('set.yaml', SET);
      const { err } = await calicoctl(['create', '-f', 'set.yaml', '--log-level=debug']);
      expect(err).toMatch(
        /level=debug msg="datastore operation done" operation=create resource="GlobalNetworkSet\(lab\)" ms=\d+\n/,
      );
    }));

  test('an unknown level is refused', () =>
    inWorkspace(async ({ calicoctl }) => {
      const { err, status } = await calicoctl(['get', 'ippool', '-l', 'chatty']);
      expect({ status, err }).toEqual({
        status: 1,
        err: `unknown log level: chatty, expected one of: ${LOG_LEVELS.join(', ')}\n`,
      });
    }));

  test('levels let through what is at least as grave', () => {
    const seen = LOG_LEVELS.map((word) => {
      let text = '';
      const log = createLog(logLevelNamed(word)!, (line) => {
        text += line;
      });
      for (const level of ['error', 'warn', 'info', 'debug', 'trace'] as const) log(level, 'x');
      return [word, text.split('\n').length - 1];
    });
    expect(Object.fromEntries(seen)).toEqual({
      panic: 0,
      fatal: 0,
      error: 1,
      warn: 2,
      warning: 2,
      info: 3,
      debug: 4,
      trace: 5,
    });
  });
});

test('--context overrides the context of the environment', () =>
  inWorkspace(async ({ calicoctl }) => {
    const { out } = await calicoctl(['config', 'view', '--origins', '--context', 'east', '-o', 'json'], {
      env: { K8S_CURRENT_CONTEXT: 'west' },
    });
    expect(JSON.parse(out).k8sCurrentContext).toEqual({ value: 'east', from: 'flag --context' });
  }));

test('--as, --as-group, --as-uid and --qps, before and after the command, and next to a file', () =>
  inWorkspace(async ({ calicoctl, write }) => {
    const flags = ['--as-group=dev', '--as-group', 'a,b', '--as-uid', '7', '--qps=2.5'];
    const view = ['config', 'view', '--origins', '-o', 'json', '-c', 'a.cfg'];
    await write(
      'a.cfg',
      'apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nspec: {k8sClientQPS: 9}\n',
    );
    const rows = JSON.parse((await calicoctl(['--as', 'jane', ...view, ...flags])).out);
    expect([rows.impersonateUser, rows.impersonateGroups, rows.impersonateUid, rows.k8sClientQPS]).toEqual([
      { value: 'jane', from: 'flag --as' },
      { value: 'dev, a,b', from: 'flag --as-group' },
      { value: '7', from: 'flag --as-uid' },
      { value: '2.5', from: 'flag --qps' },
    ]);
    expect(await calicoctl(['get', 'ippool', '--qps', 'fast'])).toEqual({
      status: 1,
      out: '',
      err: '--qps: "fast" is not a number\n',
    });
  }));

test('--request-timeout bounds requests; 0 is no bound', () =>
  inWorkspace(async ({ calicoctl }) => {
    const timeout = async (word: string) =>
      JSON.parse(
        (await calicoctl(['config', 'view', '--origins', '-o', 'json', '--request-timeout', word])).out,
      ).requestTimeout?.value;
    expect([await timeout('3s'), await timeout('1m'), await timeout('2'), await timeout('0')]).toEqual([
      '3s',
      '60s',
      '2s',
      '0',
    ]);
    expect((await calicoctl(['get', 'ippool', '--request-timeout', 'soon'])).status).toBe(1);
  }));

test('--allow-version-mismatch goes on in silence', () =>
  inWorkspace(async ({ calicoctl, write, folder }) => {
    const information =
      'apiVersion: projectcalico.org/v3\nkind: ClusterInformation\nmetadata: {name: default}\nspec: {calicoVersion: v3.11.2}\n';
    await write(join('.datastore', 'clusterinformations', 'default.yaml'), information);
    await write('set.yaml', SET);
    expect(folder).not.toBe('');
    expect((await calicoctl(['create', '-f', 'set.yaml'])).status).toBe(1);
    expect(await calicoctl(['create', '-f', 'set.yaml', '--allow-version-mismatch'])).toEqual({
      status: 0,
      out: "Successfully created 1 'GlobalNetworkSet' resource(s)\n",
      err: '',
    });
  }));

test('no option that all commands share is missing here', () => {
  expect(Object.keys(globalOptions)).toEqual([
    'logLevel',
    'context',
    'allowVersionMismatch',
    'requestTimeout',
    'as',
    'asGroup',
    'asUid',
    'qps',
  ]);
});
