import { joinedShort } from '../columns.ts';
import { defineKind } from '../kind.ts';
import { list, object, text } from '../schema.ts';

export default defineKind({
  kind: 'IPReservation',
  plural: 'ipreservations',
  aliases: ['reservation', 'reservations'],
  scope: 'cluster',
  doc: 'Addresses of pools that are never given out on their own.',
  definition: {},
  spec: object({
    reservedCIDRs: list(
      text('A range; a single address is written with /32 or /128.', { format: 'cidr' }),
      'The reserved ranges.',
      { set: true },
    ),
  }),
  columns: {
    NAME: (reservation) => reservation.metadata.name,
    CIDRS: (reservation) => joinedShort(reservation.spec.reservedCIDRs),
  },
  narrow: ['NAME'],
  wide: ['NAME', 'CIDRS'],
});
