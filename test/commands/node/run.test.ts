import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, machine } from '../../node/machine.ts';
import { type Run, workspace } from '../run.ts';

const area = await workspace();
let node: Machine;

beforeAll(() => {
  node = machine({
    'proc/sys/net/ipv4/ip_forward': '0',
    'proc/sys/net/ipv6/conf/all/forwarding': '0',
    'proc/sys/net/netfilter/nf_conntrack_max': '65536',
  });
});
afterAll(async () => {
  node.remove();
  await area.remove();
});

const ETCD = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://192.0.2.1:2379' };

function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  on: Machine = node,
): Promise<Run> {
  return area.calicoctl(['node', 'run', ...argv], {
    root: on.root,
    env: { ...ETCD, PATH: on.path, TMPDIR: area.folder, ...env },
  });
}

const START = 'Use the following command to start the calico/node container:\n\n';
const VOLUMES =
  '-v /var/log/calico:/var/log/calico -v /var/run/calico:/var/run/calico -v /var/lib/calico:/var/lib/calico -v /lib/modules:/lib/modules -v /run:/run';

describe('--dryrun', () => {
  test('prints the command, and how to have it for an init system', async () => {
    const { status, out, err } = await run(['--dryrun', '--name', 'n1']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(
      `${START}docker run --net=host --privileged --name=calico-node -d --restart=always -e NODENAME=n1 -e CALICO_NETWORKING_BACKEND=bird -e CALICO_MANAGE_CNI=false -e ETCD_ENDPOINTS=http://192.0.2.1:2379 -e ETCD_DISCOVERY_SRV= ${VOLUMES} quay.io/calico/node:latest\n\nIf you are running calico/node in an init system, use the --init-system flag\nto display the appropriate start and stop commands.\n`,
    );
    expect(node.calls()).toEqual([]);
  });

  test('as --dry-run, with every flag, in words that a shell takes as they are', async () => {
    const flags = [
      ...[
        '--dry-run',
        '--init-system',
        '--no-default-ippools',
        '--name',
        "it's",
        '--ip',
        '192.0.2.9',
        '--ip6',
        'autodetect',
        '--as',
        '1.1',
      ],
      ...[
        '--ip-autodetection-method',
        'interface=eth.*',
        '--ip6-autodetection-method',
        'skip-interface=docker.*,virbr0',
      ],
      ...[
        '--backend',
        'none',
        '--node-image',
        'calico/node:x',
        '--log-dir',
        '/my logs',
        '--felix-config',
        '/etc/felix.cfg',
      ],
      ...['--runtime', 'containerd'],
    ];
    const env = {
      ETCD_CA_CERT_FILE: '/c/ca',
      ETCD_KEY_FILE: '/c/key',
      ETCD_CERT_FILE: '/c/cert',
      ETCD_ENDPOINTS: 'https://192.0.2.1:2379',
    };
    const { out } = await run(flags, env);
    expect(out).toBe(
      `${START}nerdctl run --net=host --privileged --name=calico-node --rm -e 'NODENAME=it'\\''s' -e CALICO_NETWORKING_BACKEND=none -e CALICO_MANAGE_CNI=false -e NO_DEFAULT_POOLS=true -e 'IP_AUTODETECTION_METHOD=interface=eth.*' -e 'IP6_AUTODETECTION_METHOD=skip-interface=docker.*,virbr0' -e AS=65537 -e IP=192.0.2.9 -e IP6=autodetect -e ETCD_ENDPOINTS=https://192.0.2.1:2379 -e ETCD_DISCOVERY_SRV= -e ETCD_CA_CERT_FILE=/etc/calico/certs/ca_cert.crt -e ETCD_KEY_FILE=/etc/calico/certs/key.pem -e ETCD_CERT_FILE=/etc/calico/certs/cert.crt -v '/my logs:/var/log/calico' ${VOLUMES.slice(35)} -v /etc/felix.cfg:/etc/calico/felix.cfg -v /c/ca:/etc/calico/certs/ca_cert.crt -v /c/key:/etc/calico/certs/key.pem -v /c/cert:/etc/calico/certs/cert.crt calico/node:x\n\nUse the following command to stop the calico/node container:\n\nnerdctl stop calico-node\n\n`,
    );
  });

  test('shows no password, and says what to do with it', async () => {
    const { out, err } = await run(['--dry-run'], { ETCD_USERNAME: 'root', ETCD_PASSWORD: 'hunter2' });
    expect(out + err).not.toContain('hunter2');
    expect(err).toContain('add -e ETCD_USERNAME -e ETCD_PASSWORD.');
  });

  test('takes the configuration of -c', async () => {
    const file = await area.write(
      'etcd.cfg',
      'apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nspec:\n  datastoreType: etcdv3\n  etcdEndpoints: http://192.0.2.7:2379\n',
    );
    expect((await run(['--dryrun', '-c', file])).out).toContain('ETCD_ENDPOINTS=http://192.0.2.7:2379 ');
    expect((await run(['--dryrun', '--config', join(area.folder, 'none')])).err).toStartWith(
      'error executing command: invalid config file',
    );
  });

  const refusals: readonly (readonly [readonly string[], string])[] = [
    [['--ip', 'x'], 'invalid IP address specified: x\n'],
    [['--ip', '2001:db8::1'], 'error executing command: --ip is wrong IP version\n'],
    [['--ip6', '192.0.2.1'], 'error executing command: --ip6 is wrong IP version\n'],
    [['--as', '70000.1'], 'invalid AS Number specified: 70000.1\n'],
    [['--backend', 'gobgp'], "error executing command: unknown backend 'gobgp'\n"],
    [
      ['--ip-autodetection-method', 'cidr=10.0.0.0/8'],
      'error executing command: invalid IP autodetection method: cidr=10.0.0.0/8\n',
    ],
    [
      ['--ip-autodetection-method', 'interface=eth['],
      'error executing command: invalid interface regex specified for IP autodetection: eth[\n',
    ],
    [
      ['--ip6-autodetection-method', 'skip-interface=a,b('],
      'error executing command: invalid interface regex specified for IP autodetection: b(\n',
    ],
    [
      ['--ip-autodetection-method', 'can-reach=2001:db8::1'],
      'error executing command: address for IP autodetection does not resolve to an IPv4 address: 2001:db8::1\n',
    ],
    [
      ['--ip-autodetection-method', 'can-reach='],
      'error executing command: cannot resolve address specified for IP autodetection: \n',
    ],
    [['--runtime', 'rkt'], "unknown container runtime 'rkt'\n"],
  ];
  for (const [flags, message] of refusals)
    test(`refuses ${flags.join(' ')}`, async () => {
      const { status, out, err } = await run(['--dryrun', ...flags]);
      expect({ status, out }).toEqual({ status: 1, out: '' });
      expect(err.slice(0, message.length)).toBe(message);
    });

  test('is for etcd', async () => {
    expect((await run(['--dryrun'], { DATASTORE_TYPE: 'kubernetes' })).err).toStartWith(
      'error executing command: unsupported backend specified in config\n',
    );
  });
});

describe('a start', () => {
  const STARTED = 'Calico node started successfully';

  test('prepares the kernel, removes the old container, and ends when the node says that it has started', async () => {
    node.programs({
      modprobe: 'exit 1',
      docker: `[ "$1" = logs ] && { echo 'Starting, token=abc'; echo '${STARTED}'; echo 'later'; sleep 60; }; exit 0`,
    });
    const { status, out } = await run(['--name', 'n1']);
    const command = `docker run --net=host --privileged --name=calico-node -d --restart=always -e NODENAME=n1 -e CALICO_NETWORKING_BACKEND=bird -e CALICO_MANAGE_CNI=false -e ETCD_ENDPOINTS=http://192.0.2.1:2379 -e ETCD_DISCOVERY_SRV= ${VOLUMES} quay.io/calico/node:latest`;
    expect(status).toBe(0);
    expect(out).toBe(
      `Running command to load modules: modprobe -a xt_set ip6_tables\nEnabling IPv4 forwarding\nEnabling IPv6 forwarding\nIncreasing conntrack limit\nRemoving old calico-node container (if running).\nRunning the following command to start calico-node:\n\n${command}\n\nImage may take a short time to download if it is not available locally.\nContainer started, checking progress logs.\n\nStarting, token=<redacted>\n${STARTED}\n`,
    );
    expect(node.calls()).toEqual([
      'modprobe -a xt_set ip6_tables',
      'docker rm -f calico-node',
      command,
      'docker logs --follow calico-node',
    ]);
    const settings = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding', 'netfilter/nf_conntrack_max'];
    expect(settings.map((name) => readFileSync(join(node.root, 'proc/sys/net', name), 'utf8'))).toEqual([
      '1',
      '1',
      '1000000',
    ]);
  });

  const other = (scripts: Readonly<Record<string, string>>): Machine => {
    const made = machine();
    made.programs(scripts);
    return made;
  };

  test('tells in the words of the runtime why it failed', async () => {
    const made = other({ docker: '[ "$1" = run ] && { echo one; echo two >&2; exit 125; }; exit 0' });
    const { status, out, err } = await run([], { CALICO_CTL_CONTAINER: 'x' }, made);
    expect(status).toBe(1);
    expect(out).toStartWith('Removing old calico-node container');
    expect(err).toBe('Error executing command: exit status 125\n | one\n | two\n');
    made.remove();
  });

  test('says so where the node has ended', async () => {
    const made = other({ docker: '[ "$1" = logs ] && echo failing; exit 0' });
    const { status, err } = await run([], { CALICO_CTL_CONTAINER: 'x' }, made);
    expect(status).toBe(1);
    expect(err).toStartWith('error executing command: calico/node has terminated, check logs for details\n');
    made.remove();
  });

  test('hands the password over in the environment of the runtime, and leaves no file behind', async () => {
    const keep = join(area.folder, 'kept');
    const made = other({
      podman: `echo "$1 $ETCD_USERNAME $ETCD_PASSWORD" >> '${keep}'; [ "$1" = logs ] && echo '${STARTED}'; exit 0`,
    });
    const env = { CALICO_CTL_CONTAINER: 'x', ETCD_USERNAME: 'root', ETCD_PASSWORD: 'hunter2' };
    const { status, out, err } = await run([], env, made);
    expect(status).toBe(0);
    expect(err).toBe('docker is not installed: using podman. To say so yourself: --runtime podman.\n');
    expect(readFileSync(keep, 'utf8')).toBe('rm root \nrun root hunter2\nlogs root \n');
    expect(out).toContain(' -e ETCD_USERNAME -e ETCD_PASSWORD -v ');
    expect(out + err + made.calls().join('')).not.toContain('hunter2');
    made.remove();
  });

  test('needs a runtime', async () => {
    const made = other({});
    expect((await run([], {}, made)).err).toStartWith('exec: "docker": executable file not found in $PATH\n');
    made.programs({ nerdctl: '' });
    expect((await run(['--runtime', 'docker'], {}, made)).err).toContain(
      'nerdctl is installed: use --runtime nerdctl.',
    );
    made.remove();
  });

  test('for an init system stays attached and prints what the container prints', async () => {
    const made = other({ docker: '[ "$1" = run ] && echo from the container; exit 0' });
    const { status, out } = await run(['--init-system'], { CALICO_CTL_CONTAINER: 'x' }, made);
    expect(status).toBe(0);
    expect(out).toEndWith('if it is not available locally.\nfrom the container\n');
    made.remove();
  });
});
