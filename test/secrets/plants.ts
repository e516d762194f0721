import { issue } from '../../scripts/testbed/certificates.mjs';
import type { Garden } from './garden.ts';

/** What logs, files and programs of a node say: with secrets in it, and what has to be readable all the same. */

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Lines with a secret each, as Calico, its surroundings and people write them. */
export function secretTexts(garden: Garden): readonly string[] {
  const password = () => garden.password('password');
  const word = () => garden.token('token');
  const jwt = () => `${base64('{"alg":"RS256"}')}.${base64('{"sub":"x"}').replace(/=/g, '')}.${word()}`;
  const pair = issue({ commonName: 'felix' });
  const key = () => garden.keep('key', issue({ commonName: 'x' }).key);
  const certificate = garden.keep('certificate', pair.certificate);
  return [
    `ETCD_PASSWORD=${word()}`,
    `export CALICO_ETCD_PASSWORD='${word()}'`,
    `{"etcd_password":${JSON.stringify(password())},"log_level":"info"}`,
    `2026-11-22 00:00:01.000 [DEBUG][42] felix/config.go 1: Loaded raw config map[EtcdPassword:${word()} LogSeverity:info]`,
    `2026-11-22 00:00:01.000 [INFO][42] client.go 1: config={Spec:{EtcdUsername:calico EtcdPassword:${word()} EtcdKeyFile:/calico-secrets/etcd-key}}`,
    `I1122 00:00:01.000000 1 round_trippers.go:466] curl -v -XGET -H "Authorization: Bearer ${word()}" 'https://10.96.0.1:443/version'`,
    `headers: map[Accept:[application/json] Authorization:[Bearer ${jwt()}]]`,
    `GET /version HTTP/1.1\\r\\nAuthorization: Basic ${base64(`calico:${word()}`)}\\r\\n`,
    `proxy http://calico:${encodeURIComponent(password())}@proxy.example:3128 refused`,
    `msg="dial https://root:${word()}@etcd.example:2379: timeout"`,
    `neighbor 192.0.2.11 as 64512; password "${word()}";`,
    `    password: ${word()}`,
    `    token: "${jwt()}"`,
    `    client-key-data: ${base64(key())}`,
    `    client-certificate-data: ${base64(certificate)}`,
    `level=debug msg="kubeconfig" text="apiVersion: v1\\nusers:\\n- user:\\n    token: ${word()}\\n"`,
    JSON.stringify({ msg: JSON.stringify({ bgpPassword: word(), token: word() }) }),
    key().trimEnd(),
    `key=${JSON.stringify(key())}`,
    certificate.trimEnd(),
    `aws_secret_access_key = ${word()}`,
    `calico-node -felix --etcd-password=${word()} --etcd-username=calico`,
    `src 192.0.2.1 dst 192.0.2.2 enc cbc(aes) 0x${Buffer.from(garden.token('key of IPsec')).toString('hex')}`,
    `apiVersion: v1\ndata:\n  unsuspected: ${base64(word())}\nkind: Secret\nmetadata:\n  name: bgp-secrets`,
    `env:\n- name: ETCD_PASSWORD\n  value: ${word()}\n- name: NODENAME\n  value: worker-1`,
  ];
}

/** Lines that somebody needs to find a fault, many of which look like secrets. */
export const USEFUL: readonly string[] = [
  '10.244.1.0/26 via 192.0.2.12 dev eth0 proto bird metric 32',
  'blackhole 10.244.0.0/26 proto 80',
  '2001:db8:42::/122 via fe80::ecee:eeff:feee:eeee dev cali12ab34cd56e metric 1024 pref medium',
  '5: cali12ab34cd56e@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue link/ether ee:ee:ee:ee:ee:ee',
  '-A cali-FORWARD -m comment --comment "cali:vjrMJCRpqwy5oRoX" -j MARK --set-xmark 0x0/0xe0000',
  '-A cali-fw-cali12ab34cd56e -m set --match-set cali40s:ZJ5UTe5z7Z9ZKjHq0s2T7-3 src -j ACCEPT',
  'Name: cali40masq-ipam-pools Type: hash:net Revision: 7',
  'uid: 3f0f7a3e-8d5c-4c39-9d4c-5f1f1b3f8f5e',
  'image: quay.io/calico/node@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'image quay.io/calico/node:v3.32.0, GitCommit=2f5b6a1c9e0d4b7a8c3f6e5d4c3b2a1908172635',
  'resourceVersion: "123456789012345"',
  'pod-template-hash=5d4f8c7b9c controller-revision-hash=6b7f9d8c55',
  'calico-node-x7k2p 1/1 Running 2 (5m ago) 3d4h 192.0.2.11 worker-1',
  'Mesh_192_0_2_12 BGP master up 2026-11-22 Established',
  'Last error: Hold timer expired; Neighbor AS: 64512; Source address: 192.0.2.11',
  '[INFO][42] felix/int_dataplane.go 1: Received update key=model.WorkloadEndpointKey{Hostname:"worker-1", WorkloadID:"shop/web-0"}',
  '[INFO][42] syncer.go 1: Processing update for key="/calico/resources/v3/projectcalico.org/ippools/default-ipv4-ippool"',
  '[WARNING][42] ipam.go 1: no token bucket for host worker-1',
  '[ERROR][42] client.go 1: Unauthorized: the token has expired; renewing the token from /var/run/secrets/kubernetes.io/serviceaccount/token',
  'secretName: calico-etcd-secrets',
  'serviceAccountName: calico-node',
  'etcd_key: /calico-secrets/etcd-key',
  'handle k8s-pod-network.1f4e2a0b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f',
  'x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error")',
  'tcp ESTAB 0 0 192.0.2.11:179 192.0.2.12:41234',
  'nf_conntrack: table full, dropping packet; nf_conntrack_max = 1000000',
];

/** All lines in one text: useful ones stand between those with secrets. */
export function mixed(garden: Garden): string {
  const secrets = secretTexts(garden);
  const lines = secrets.flatMap((text, index) => [text, USEFUL[index % USEFUL.length]!]);
  return `${[...lines, ...USEFUL].join('\n')}\n`;
}

/** Useful lines that are missing. */
export function lost(text: string): readonly string[] {
  return USEFUL.filter((line) => !text.includes(line));
}
