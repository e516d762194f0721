/** Commands about the datastore as a whole. */
export const summary = 'Prepare the datastore.';
