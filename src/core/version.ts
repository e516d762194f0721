/** The Calico release whose behaviour and data this program follows. */
export const CALICO_VERSION = 'v3.32.0';
