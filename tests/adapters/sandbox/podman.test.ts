import { describe } from 'vitest';

import { chooseDepth } from '../../support/depth.ts';
import { describeEngine } from '../../support/engines.ts';
import { describeConfinement } from './contained-runs.ts';

// The code is docker's; here only what depends on the arguments that differ.
describe.runIf(chooseDepth(false, true))('at full depth', () => {
  describeEngine('podman', 'runs', describeConfinement);
});
