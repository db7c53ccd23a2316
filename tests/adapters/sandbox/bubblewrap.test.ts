import { describeEngine } from '../../support/engines.ts';
import { describeConfinement, describeRuns } from './contained-runs.ts';

describeEngine('bubblewrap', 'runs', (fixture) => {
  describeRuns(fixture);
  describeConfinement(fixture);
});
