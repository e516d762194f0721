/** Commands about the cluster as a whole. */
export const summary = 'Look at the whole cluster, from anywhere.';
