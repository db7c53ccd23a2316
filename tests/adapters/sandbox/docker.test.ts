import { describeEngine } from '../../support/engines.ts';
import { describeConfinement, describeRuns } from './contained-runs.ts';

describeEngine('docker', 'runs', (fixture) => {
  describeRuns(fixture);
  describeConfinement(fixture);
});
