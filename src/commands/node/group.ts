/** Commands about this machine as a node of the cluster. */
export const summary = 'Look at this node, and run calico/node on it.';
