/** Commands about the configuration of this program. */
export const summary = 'Look at the configuration of this program.';
