import { describe, expect, it } from 'vitest';

import { renderPlanChanged, renderReplies } from '../../../../src/core/report/hosted/answers.ts';
import { renderFinalReport } from '../../../../src/core/report/hosted/final-report.ts';
import { renderGateCheck } from '../../../../src/core/report/hosted/gate-check.ts';
import { renderPullBody } from '../../../../src/core/report/hosted/pull-body.ts';
import { renderStatusComment } from '../../../../src/core/report/hosted/status-comment.ts';
import { taskId } from '../../../support/builders.ts';
import { answerFacts, doneScene, editedScene, midwayScene, MINUTE, seedPlan, START, taskOf } from './scenes.ts';

const midway = midwayScene();
const rag = taskOf(midway, 'rag-agent');
const check = renderGateCheck(midway, rag, rag.headSha!);
const edited = editedScene();

/** Documents as a stranger reads them. A change of one is a change of what people see: look at it before accepting it. */
const DOCUMENTS: readonly (readonly [name: string, text: string])[] = [
  [
    'status',
    renderStatusComment(midway, {
      stuck: [{ task: taskId('devops-agent'), sinceMs: START + 50 * MINUTE }],
      lowQuotas: [{ name: 'REST', resetAtMs: START + 140 * MINUTE }],
    }),
  ],
  ['pull', renderPullBody(midway, taskOf(midway, 'frontend-agent'))],
  ['gate-check', `# ${check.title}\n\n${check.summary}\n\n${check.text}`],
  ['check', renderReplies([{ kind: 'check' }], answerFacts(seedPlan(), null))],
  ['why', renderReplies([{ kind: 'why', task: rag.id }], answerFacts(seedPlan(), midway))],
  ['help', renderReplies([{ kind: 'help' }], answerFacts(seedPlan(), midway))],
  ['plan-changed', renderPlanChanged(edited.scene, edited.issuePlan)],
  ['final-report', renderFinalReport(doneScene(), START + 150 * MINUTE)],
];

describe('the documents of a hosted plan', () => {
  it.each(DOCUMENTS)('%s is as it was last looked at', async (name, text) => {
    await expect(`${text}\n`).toMatchFileSnapshot(`../../../fixtures/hosted/${name}.md`);
  });
});
