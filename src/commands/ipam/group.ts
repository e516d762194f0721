/** Commands about addresses. */
export const summary = 'See, check and mend who has which address.';
