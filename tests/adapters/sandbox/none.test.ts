import { describeEngine } from '../../support/engines.ts';
import { describeRuns } from './contained-runs.ts';

describeEngine('none', 'runs', describeRuns);
