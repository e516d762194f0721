import { forbidden, invalid, type Validation } from '../../cel.ts';

/** What API servers check of Felix configurations; rules.ts has the rules that are named here. */

function ofFamily(field: string, family: 4 | 6): Validation {
  return invalid(
    'CAL1524',
    `!has(self.${field}) || size(self.${field}) == 0 || (isIP(self.${field}) && ip(self.${field}).family() == ${family})`,
  );
}

export const felixValidations: readonly Validation[] = [
  forbidden('CAL1526', '!has(self.routeTableRange) || !has(self.routeTableRanges)'),
  ofFamily('natOutgoingAddress', 4),
  ofFamily('deviceRouteSourceAddress', 4),
  ofFamily('deviceRouteSourceAddressIPv6', 6),
];

/** Of the object as a whole. */
export const felixNameValidations: readonly Validation[] = [
  forbidden(
    'CAL1520',
    "self.metadata.name == 'default' || self.metadata.name.startsWith('node.') ? !has(self.spec.nodeSelector) : true",
  ),
];

export const tableRangeValidations: readonly Validation[] = [
  invalid('CAL1525', 'self.min >= 1 && self.max >= self.min && self.max <= 250'),
];

export const tableRangesValidations: readonly Validation[] = [
  invalid('CAL1525', 'self.min >= 1'),
  invalid('CAL1525', 'self.min <= self.max'),
];
