import { empty, forbidden, invalid, noGlobal, off, type Validation } from '../../cel.ts';

/** What API servers check of tiered policies; matchrules.ts and specrules.ts have the rules that are named here. */

export const icmpValidations: readonly Validation[] = [
  invalid('CAL1141', '!has(self.code) || has(self.type)'),
];

export const entityValidations: readonly Validation[] = [
  noGlobal('CAL1135', 'selector'),
  forbidden(
    'CAL1133',
    '!has(self.services) || !has(self.namespaceSelector) || size(self.namespaceSelector) == 0',
  ),
  forbidden('CAL1133', '!has(self.services) || !has(self.serviceAccounts)'),
  {
    says: 'CAL1132',
    rule: '!has(self.services) || size(self.services.name) > 0',
    reason: 'FieldValueRequired',
  },
  forbidden('CAL1133', `!has(self.services) || ${empty('selector')} && ${empty('notSelector')}`),
  forbidden('CAL1133', `!has(self.services) || ${empty('nets')} && ${empty('notNets')}`),
];

/** A protocol, where it is the one of this name and number, needs this IP version. */
function onlyFor(
  field: 'protocol' | 'notProtocol',
  name: string,
  number: number,
  version: 4 | 6,
): Validation {
  return invalid(
    'CAL1140',
    `(!has(self.${field}) || (self.${field} != '${name}' && self.${field} != ${number})) || !has(self.ipVersion) || self.ipVersion == ${version}`,
  );
}

export const ruleValidations: readonly Validation[] = [
  invalid(
    'CAL1137',
    "!has(self.http) || !has(self.protocol) || self.protocol == 'TCP' || self.protocol == 6",
  ),
  forbidden('CAL1138', "self.action == 'Allow' || !has(self.http)"),
  forbidden(
    'CAL1134',
    `!has(self.destination) || !has(self.destination.services) || ${empty('destination.ports')} && ${empty('destination.notPorts')}`,
  ),
  invalid(
    'CAL1139',
    "!has(self.icmp) || (has(self.protocol) && (self.protocol == 'ICMP' || self.protocol == 'ICMPv6' || self.protocol == 1 || self.protocol == 58))",
  ),
  onlyFor('protocol', 'ICMP', 1, 4),
  onlyFor('protocol', 'ICMPv6', 58, 6),
  onlyFor('notProtocol', 'ICMP', 1, 4),
  onlyFor('notProtocol', 'ICMPv6', 58, 6),
];

export const namespacedValidations: readonly Validation[] = [
  noGlobal('CAL1152', 'selector'),
  noGlobal('CAL1152', 'serviceAccountSelector'),
];

export const globalValidations: readonly Validation[] = [
  forbidden('CAL1160', '!((has(self.doNotTrack) && self.doNotTrack) && (has(self.preDNAT) && self.preDNAT))'),
  forbidden('CAL1162', `${off('preDNAT')} || !has(self.egress) || size(self.egress) == 0`),
  forbidden('CAL1163', `${off('preDNAT')} || !has(self.types) || !self.types.exists(t, t == 'Egress')`),
  invalid(
    'CAL1161',
    `(has(self.applyOnForward) && self.applyOnForward) || (${off('doNotTrack')} && ${off('preDNAT')})`,
  ),
  ...namespacedValidations,
  noGlobal('CAL1152', 'namespaceSelector'),
];
