import shared from '../../vitest.shared.ts';

/** These tests wait more than they compute. */
export default { ...shared, test: { ...shared.test, maxWorkers: 4 } };
