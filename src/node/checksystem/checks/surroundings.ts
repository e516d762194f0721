import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import type { Host } from '../../../host/host.ts';
import { processes } from '../../../host/processes.ts';
import { type Check, fail, pass, skip, textOf, warn } from '../check.ts';

/** Other programs and guards of the machine that meddle with Calico, and folders that it needs. */
export async function surroundings(host: Host): Promise<readonly Check[]> {
  const programs = new Set(processes(host).flatMap(({ argv }) => argv.slice(0, 2).map(baseOf)));
  return [
    await time(host, programs),
    selinux(host),
    appArmor(host),
    networkManager(host, programs),
    firewall(host, programs),
    writable(host, '/var/lib/calico'),
    writable(host, '/var/run/calico'),
  ];
}

function baseOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/[\s:].*$/, '');
}

const CLOCKS = ['chronyd', 'ntpd', 'ntpd-rs', 'openntpd', 'systemd-timesyncd', 'systemd-timesyn', 'ptp4l'];

async function time(host: Host, programs: ReadonlySet<string>): Promise<Check> {
  const name = 'time';
  if (host.exists('/run/systemd/timesync/synchronized'))
    return pass(name, 'synchronised by systemd-timesyncd');
  const clock = CLOCKS.find((program) => programs.has(program));
  if (clock !== undefined) return pass(name, `${clock} runs`);
  const asked = await host.run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    timeoutMs: 5_000,
  });
  if (asked.status !== 0)
    return skip(name, 'nothing was found that keeps the clock, and timedatectl does not tell');
  if (asked.stdout.trim() === 'yes') return pass(name, 'synchronised, says timedatectl');
  return warn(
    name,
    'not synchronised, says timedatectl',
    'Certificates and leases fail where clocks differ. Run chronyd or systemd-timesyncd.',
  );
}

function selinux(host: Host): Check {
  const enforce = textOf(host, '/sys/fs/selinux/enforce');
  if (enforce === undefined) return pass('selinux', 'off');
  if (enforce === '0') return pass('selinux', 'permissive');
  return warn(
    'selinux',
    'enforcing',
    'That works where container-selinux is installed. Refusals are in the audit log: ausearch -m avc -c calico-node.',
  );
}

function appArmor(host: Host): Check {
  const enabled = textOf(host, '/sys/module/apparmor/parameters/enabled');
  return pass(
    'apparmor',
    enabled === 'Y' ? 'on; calico/node runs privileged, outside of its profiles' : 'off',
  );
}

const ADVICE =
  'It takes routes and addresses off interfaces of Calico. Write /etc/NetworkManager/conf.d/calico.conf with [keyfile] and unmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:vxlan-v6.calico;interface-name:wireguard.cali;interface-name:wg-v6.cali, then restart it.';

function networkManager(host: Host, programs: ReadonlySet<string>): Check {
  const name = 'network-manager';
  if (!programs.has('NetworkManager')) return pass(name, 'does not run');
  const texts = [
    textOf(host, '/etc/NetworkManager/NetworkManager.conf') ?? '',
    ...['/etc/NetworkManager/conf.d', '/usr/lib/NetworkManager/conf.d', '/run/NetworkManager/conf.d'].flatMap(
      (folder) => host.list(folder).map((file) => textOf(host, `${folder}/${file}`) ?? ''),
    ),
  ];
  const spares = texts.some((text) => /^\s*unmanaged-devices\s*=.*interface-name:cali/m.test(text));
  return spares ? pass(name, 'runs, and leaves cali* alone') : warn(name, 'runs, and manages cali*', ADVICE);
}

function firewall(host: Host, programs: ReadonlySet<string>): Check {
  const name = 'firewall';
  const active = [
    ...(programs.has('firewalld') ? ['firewalld'] : []),
    ...(/^ENABLED=yes/im.test(textOf(host, '/etc/ufw/ufw.conf') ?? '') ? ['ufw'] : []),
  ];
  if (active.length === 0) return pass(name, 'neither firewalld nor ufw is active');
  return warn(
    name,
    `${active.join(' and ')} is active`,
    `Its rules come into Calico's way and are put anew when it reloads. Stop it (systemctl disable --now ${active[0]}) and use host endpoints.`,
  );
}

function writable(host: Host, folder: string): Check {
  let there = folder;
  while (there !== '/' && !host.exists(there)) there = dirname(there);
  const found = there === folder ? 'there, and writable' : `not there; ${there} is writable`;
  try {
    accessSync(host.path(there), constants.W_OK);
    return pass(folder, found);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS')
      return fail(
        folder,
        `${there} is on a file system that is mounted read-only`,
        'Calico keeps its node name and its sockets there: mount a writable file system.',
      );
    if (!host.isRoot)
      return skip(folder, `${there} may not be written by this user; calico/node runs as root`);
    return fail(
      folder,
      `${there} cannot be written (${code})`,
      'Calico keeps its node name and its sockets there.',
    );
  }
}
