import { describeEngine } from '../../support/engines.ts';
import { describeConfinement } from './contained-runs.ts';

// The code is docker's; here only what depends on the arguments that differ.
describeEngine('podman', 'runs', describeConfinement);
