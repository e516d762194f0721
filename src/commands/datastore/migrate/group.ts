/** Commands that move a cluster from one datastore to another. */
export const summary = 'Lock and move the data of a cluster.';
