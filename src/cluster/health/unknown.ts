import { textIn } from '../../core/json.ts';
import { listed, type Unknown } from './cause.ts';
import type { Facts } from './facts.ts';
import { freshStatuses } from './judge/bgp.ts';
import { runningVersions } from './judge/versions.ts';
import { seenValue, type Unseen } from './seen.ts';

const PARTS = {
  information: 'version and lock of the datastore',
  calicoNodes: "Calico's nodes",
  statuses: 'BGP sessions',
  usage: 'use of addresses',
  definitions: 'definitions of kinds',
  serverVersion: 'version of Kubernetes',
  nodes: 'nodes of Kubernetes',
  pods: "Calico's pods",
  workloads: 'DaemonSets and Deployments',
  operator: 'operator',
} as const satisfies Partial<Record<keyof Facts, string>>;

/** What is not known, by why: one trouble is told once, and all that is forbidden together. */
export function unknownOf(facts: Facts): readonly Unknown[] {
  const unseen = new Map<
    string,
    { readonly seen: Unseen; readonly what: string[]; readonly whys: string[] }
  >();
  for (const [part, what] of Object.entries(PARTS)) {
    const seen = facts[part as keyof typeof PARTS];
    if (seen.known) continue;
    const key = `${seen.reason} ${(seen.reason === 'unreachable' ? undefined : seen.advice) ?? seen.why}`;
    const same = unseen.get(key) ?? { seen, what: [], whys: [] };
    unseen.set(key, same);
    same.what.push(what);
    if (!same.whys.includes(seen.why)) same.whys.push(seen.why);
  }
  const parts = [...unseen.values()].map(({ seen: { known: _, ...rest }, what, whys }) => ({
    ...{ what, ...rest },
    why: [...whys.slice(0, 2), ...(whys.length > 2 ? [`and ${whys.length - 2} more like it`] : [])].join(
      '; ',
    ),
  }));
  return [...parts, ...hiddenPods(facts), ...noSessions(facts), ...noVersions(facts)];
}

function hiddenPods({ pods }: Facts): readonly Unknown[] {
  const hidden = seenValue(pods)?.hidden;
  if (hidden === undefined) return [];
  return [{ what: ["Calico's pods in other namespaces than the usual"], reason: 'forbidden', why: hidden }];
}

/** Sessions are only known of nodes that were asked to report them. */
function noSessions(facts: Facts): readonly Unknown[] {
  const usesBgp = textIn(seenValue(facts.information)?.spec['clusterType']).split(',').includes('bgp');
  if (!usesBgp || !facts.statuses.known) return [];
  const nodes = seenValue(facts.calicoNodes)?.length ?? 0;
  const reporting = new Set(freshStatuses(facts).map(({ spec }) => textIn(spec['node'])));
  if (reporting.size >= nodes) return [];
  const none = reporting.size === 0 ? 'no node reports' : `only ${reporting.size} of ${nodes} nodes report`;
  const asked = new Set(seenValue(facts.statuses)?.map(({ spec }) => textIn(spec['node'])));
  const silent = [...asked].filter((node) => !reporting.has(node)).sort();
  const late = silent.length === 0 ? '' : `; asked, and silent for long: ${listed(silent)}`;
  return [
    {
      what: ['BGP sessions'],
      reason: 'not-configured',
      why: `${none} them by a CalicoNodeStatus${late}`,
      advice: 'Ask the nodes: `calicoctl node status --all`',
    },
  ];
}

/** Of images named by digest or `latest` no version is known. */
function noVersions(facts: Facts): readonly Unknown[] {
  const items = seenValue(facts.pods)?.items ?? [];
  if (items.length === 0 || runningVersions(items).size > 0) return [];
  return [
    {
      what: ["versions of Calico's pods"],
      reason: 'not-configured',
      why: 'their images are tagged with no release',
    },
  ];
}
