import { forbidden, invalid, noGlobal, type Validation } from '../cel.ts';

/** What API servers check of IP pools; poolrules.ts has the rules that are named here. */

const LOAD_BALANCER = "!has(self.allowedUses) || !self.allowedUses.exists(u, u == 'LoadBalancer')";

function modeOff(field: string): string {
  return `(!has(self.${field}) || size(self.${field}) == 0 || self.${field} == 'Never')`;
}

export const immutable: readonly Validation[] = [
  invalid('cannot be changed: make a new pool and move to it', 'self == oldSelf'),
];

export const poolValidations: readonly Validation[] = [
  forbidden(
    'CAL1003',
    "!has(self.ipipMode) || !has(self.vxlanMode) || self.ipipMode == 'Never' || self.vxlanMode == 'Never' || size(self.ipipMode) == 0 || size(self.vxlanMode) == 0",
  ),
  forbidden('CAL1007', `${LOAD_BALANCER} || ${modeOff('ipipMode')} && ${modeOff('vxlanMode')}`),
  forbidden('CAL1008', `${LOAD_BALANCER} || !self.allowedUses.exists(u, u == 'Workload' || u == 'Tunnel')`),
  forbidden(
    'CAL1004',
    "cidr(self.cidr).ip().family() != 6 || !has(self.ipipMode) || self.ipipMode == 'Never' || size(self.ipipMode) == 0",
  ),
  forbidden('CAL1009', `${LOAD_BALANCER} || !has(self.disableBGPExport) || !self.disableBGPExport`),
  invalid('CAL1010', `${LOAD_BALANCER} || self.nodeSelector == 'all()'`),
  forbidden(
    'CAL1011',
    "!has(self.allowedUses) || !self.allowedUses.exists(u, u == 'Tunnel') || !has(self.namespaceSelector) || size(self.namespaceSelector) == 0",
  ),
  noGlobal('CAL1012', 'nodeSelector'),
  noGlobal('CAL1012', 'namespaceSelector'),
  invalid('CAL1000', 'cidr(self.cidr) == cidr(self.cidr).masked()'),
  invalid(
    'CAL1002',
    "!cidr('169.254.0.0/16').containsIP(cidr(self.cidr).ip()) && !cidr(self.cidr).containsIP('169.254.0.0')",
  ),
  invalid(
    'CAL1002',
    "!cidr('fe80::/10').containsIP(cidr(self.cidr).ip()) && !cidr(self.cidr).containsIP('fe80::')",
  ),
  invalid(
    'CAL1005',
    '!has(self.blockSize) || self.blockSize == 0 || (cidr(self.cidr).ip().family() == 4 ? self.blockSize >= 20 && self.blockSize <= 32 : self.blockSize >= 116 && self.blockSize <= 128)',
  ),
  invalid(
    'CAL1006',
    '(has(self.disabled) && self.disabled) || cidr(self.cidr).prefixLength() <= (has(self.blockSize) && self.blockSize != 0 ? self.blockSize : (cidr(self.cidr).ip().family() == 4 ? 26 : 122))',
  ),
];
