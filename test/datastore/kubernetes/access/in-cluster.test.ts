import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { failure } from '../../../config/fixture.ts';
import { ca, credentialsOf, inFolder, kubeconfig, otherCa } from './fixture.ts';

const POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const FILES = { 'account/token': 'pod-token', 'account/ca.crt': ca.certificate };

describe("a pod's service account", () => {
  const inPod = (env: Record<string, string>, files: Record<string, string> = FILES) =>
    inFolder(files, async ({ open, folder }) => {
      const access = await open(env, { options: { serviceAccount: join(folder, 'account') } });
      return { access, credentials: await credentialsOf(access) };
    });

  test('is used where nothing is configured', async () => {
    const { access, credentials } = await inPod(POD);
    expect(access.server.href).toBe('https://10.96.0.1/');
    expect([access.ca, access.origin]).toEqual([ca.certificate, "the pod's service account"]);
    expect(credentials).toEqual({ authorization: 'Bearer pod-token' });
  });

  test('on IPv6, and without an authority', async () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    const { access } = await inPod(env, { 'account/token': 't' });
    expect([access.server.href, access.ca]).toEqual(['https://[fd00::1]:6443/', undefined]);
  });

  test('is read again when it rotates', () =>
    inFolder(FILES, async ({ open, folder, write }) => {
      let now = 0;
      const options = { serviceAccount: join(folder, 'account'), now: () => now };
      const access = await open(POD, { options });
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer pod-token' });
      write('account/token', 'next');
      now += 60_000;
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer next' });
    }));

  test('takes a token and an authority from the settings, and impersonation', () =>
    inFolder({ ...FILES, 'own.crt': otherCa.certificate }, async ({ open, folder }) => {
      const env = { ...POD, CALICO_K8SAPITOKEN: 'own', K8S_CA_FILE: 'own.crt' };
      const options = { serviceAccount: join(folder, 'account') };
      const access = await open(env, { options, as: 'jane' });
      expect(access.ca).toBe(otherCa.certificate);
      expect(access.impersonation?.user).toBe('jane');
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer own' });
    }));

  test('gives way to a kubeconfig and to an address, but not to an empty kubeconfig', async () => {
    const withFile = await inPod({ ...POD, KUBECONFIG: 'k' }, { ...FILES, k: kubeconfig() });
    expect(withFile.access.server.href).toBe('https://one.example:6443/');
    const withAddress = await inPod({ ...POD, K8S_API_ENDPOINT: 'https://a' });
    expect(withAddress.access.server.href).toBe('https://a/');
    expect(withAddress.credentials).toEqual({});
    const empty = await inPod({ ...POD, KUBECONFIG: 'k' }, { ...FILES, k: '' });
    expect(empty.access.origin).toBe("the pod's service account");
  });

  test('without a token is told apart', async () => {
    const { text } = await failure(() => inPod(POD, { 'account/ca.crt': ca.certificate }));
    expect(text).toStartWith('this pod has no token of a service account\n');
    expect(text).toContain('automountServiceAccountToken');
  });

  test('files at fault are named', async () => {
    const { text } = await failure(() => inPod(POD, { ...FILES, 'account/ca.crt': 'x' }));
    expect(text).toMatch(
      /^the authority of the service account, .*\/account\/ca\.crt, holds no certificate in PEM form$/,
    );
  });
});
