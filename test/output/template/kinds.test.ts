import { expect, test } from 'bun:test';
import { renderTemplate } from '../../../src/output/template/template.ts';
import { KINDS } from '../../../src/resources/index.ts';

function of(kind: string) {
  const pages = (async function* () {
    yield { items: [{ kind, apiVersion: 'projectcalico.org/v3', metadata: { name: 'x' }, spec: {} }] };
  })();
  return { sets: [{ kind, list: false, pages, headings: [], cells: () => [] }] };
}

test('an empty object of every kind prints as the zero value of its struct', async () => {
  for (const { kind } of KINDS) {
    const text = await renderTemplate(
      '{{range .}}{{.Kind}} {{.Name}} {{printf "%T %v" .Spec .Spec}}{{end}}',
      of(kind),
    );
    expect(text).toStartWith(`${kind} x v3.${kind}Spec {`);
    expect(text).not.toContain('undefined');
  }
});

/** Fields whose Go names follow no simple rule, by kind. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  BGPConfiguration: ['ASNumber', 'IPv4NormalRoutePriority', 'IPv6NormalRoutePriority'],
  BGPPeer: ['ASNumber', 'TTLSecurity', 'PeerIP'],
  IPPool: ['CIDR', 'VXLANMode', 'IPIPMode', 'NATOutgoing', 'DisableBGPExport'],
  Node: ['BGP', 'IPv4VXLANTunnelAddr', 'VXLANTunnelMACAddr', 'IPv6VXLANTunnelAddr', 'VXLANTunnelMACAddrV6'],
  WorkloadEndpoint: ['IPNetworks', 'IPNATs', 'IPv4Gateway', 'IPv6Gateway', 'MAC', 'QoSControls'],
  FelixConfiguration: [
    'IPIPEnabled',
    'VXLANMTUV6',
    'NATPortRange',
    'BPFEnabled',
    'XDPEnabled',
    'AWSSrcDstCheck',
    'MTUIfacePattern',
    'IPForwarding',
    'IPv6Support',
    'NFTablesMode',
    'ExternalNodesCIDRList',
    'WireguardPersistentKeepAlive',
    'BPFConntrackCleanupMode',
    'BPFMapSizePerCPUConntrack',
    'IptablesBackend',
    'IpsetsRefreshInterval',
  ],
};

test('fields have the names of the Go structs', async () => {
  for (const { kind } of KINDS) {
    for (const name of NAMES[kind] ?? []) {
      const printed = renderTemplate(`{{range .}}{{printf "%T" .Spec.${name}}}{{end}}`, of(kind));
      expect(await printed.catch((error: Error) => error.message)).not.toContain('template:');
    }
  }
});
