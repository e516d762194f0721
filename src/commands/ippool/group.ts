/** Commands about pools as a whole; single pools are got and changed as every resource is. */
export const summary = 'Move pools of addresses.';
