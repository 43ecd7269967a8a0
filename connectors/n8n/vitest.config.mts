import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.ts';

export default mergeConfig(
	shared,
	// Most of these tests wait for agents that think, and not for the processor.
	defineConfig({ test: { globalSetup: './test/install.mts', maxWorkers: 2, maxConcurrency: 40 } }),
);
