/** Commands about the datastore as a whole. */
export const summary = 'Prepare the datastore, lock it, and look at its state.';
