import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BranchName, TaskId } from '../../../../src/core/brand.ts';
import { readIssuePlan } from '../../../../src/core/hosted/pin-plan.ts';
import type { Evidence } from '../../../../src/core/ledger/evidence.ts';
import type { ResolvedPlan } from '../../../../src/core/plan/plan.ts';
import { renderPlanChanged, renderReplies, renderStuckNotice } from '../../../../src/core/report/hosted/answers.ts';
import { renderFinalReport } from '../../../../src/core/report/hosted/final-report.ts';
import { renderGateCheck } from '../../../../src/core/report/hosted/gate-check.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import { renderObstacle } from '../../../../src/core/report/hosted/obstacle.ts';
import { renderPullBody, renderPullTitle } from '../../../../src/core/report/hosted/pull-body.ts';
import type { PlanScene } from '../../../../src/core/report/hosted/scene.ts';
import { renderStatusComment } from '../../../../src/core/report/hosted/status-comment.ts';
import { aPlan, aTask, aTestResult, fakeCommit, fakeTree, taskId } from '../../../support/builders.ts';
import { chooseDepth } from '../../../support/depth.ts';
import { hostileText, NASTY_TEXTS } from './hostile-texts.ts';
import { outlineOf, readDocument } from './read-document.ts';
import { answerFacts, aReview, sceneOf, START, viewOf } from './scenes.ts';

const ISSUE = 12;

/** A plan in whose every field a person, an agent, a reviewer or a program has written `text`. */
function hostilePlan(text: string): ResolvedPlan {
  const frame = {
    title: `${text} x`,
    spec: `x ${text}`,
    owns: [`x${text}`],
    locks: [`x${text}`],
    agent: { kind: 'command' as const, command: ['x', text] },
    review: {
      reviewer: { kind: 'preset' as const, name: `x${text}`, model: null },
      threshold: 10,
      iterations: 5,
      rubric: text,
    },
  };
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  return aPlan(
    ids.map((id) => aTask(id, { ...frame, needs: id === 'f' ? [taskId('c')] : [] })),
    { id: 'issue-12' as ResolvedPlan['id'], title: `${text} x`, budgetUsd: 5, final: [['x', text]] },
  );
}

function hostileEvidence(text: string): Partial<Evidence> {
  return {
    headSha: fakeCommit('head'),
    treeSha: fakeTree('head'),
    failure: { cause: 'tests-failed', detail: `${text} x`, feedback: text, isTransient: false },
    tests: [aTestResult(aTask('c'), fakeTree('head'), { status: 'failed', tail: `x ${text}` })],
    reviews: [
      aReview(
        3,
        [
          { severity: 'blocking', path: `x${text}`, line: 3, message: `${text} x` },
          { severity: 'note', path: null, line: null, message: `x${text}` },
        ],
        { reviewer: `x${text}`, stage: 'verify' },
      ),
      aReview(null, [], { detail: `${text} x` }),
    ],
    violations: [{ rule: 'ownership', path: `x${text}`, because: `${text} x` }],
    paths: [`x${text}`],
    sandbox: { engine: `x${text}`, profile: `x${text}`, waived: [`x${text}`] },
  };
}

function hostileScene(text: string): PlanScene {
  const plan = hostilePlan(text);
  const scene = sceneOf(plan, (story) => {
    story.lands('a', [1, 20], { paths: [`x${text}`], sandbox: { engine: `x${text}`, profile: text, waived: [text] } });
    story.verifies('b', [1, 30], { paths: [`x${text}`] });
    story.fails('c', [1, 10], hostileEvidence(text));
    story.fails('c', [11, 20], hostileEvidence(text));
    story.fails('c', [21, 30], hostileEvidence(text));
    story.starts('d', 3);
    const landing = story.ledger.tasks['b' as TaskId]!.attempts[0]!;
    const refused = {
      ...landing,
      landing: {
        generation: 5,
        holder: 'app',
        startedAt: START,
        fromSha: landing.baseSha,
        commitSha: fakeCommit('b'),
        treeSha: fakeTree('b'),
        refusal: `${text} x`,
        notBefore: START,
      },
    };
    const record = story.ledger.tasks['b' as TaskId]!;
    story.ledger = {
      ...story.ledger,
      target: `x${text}` as BranchName,
      paused: { at: START, by: `${text} x` },
      tasks: { ...story.ledger.tasks, ['b' as TaskId]: { ...record, attempts: [refused] } },
    };
    story.queue = { ...story.queue, frozen: { at: START, because: `${text} x` } };
    story.record = {
      ...story.record,
      accepted: { revision: plan.revision, source: plan.revision, by: `${text} x`, at: START },
      obstacle: { code: 'forbidden', because: `${text} x`, next: `${text} x`, at: START },
      dispatches: story.record.dispatches.map((dispatch) => ({
        ...dispatch,
        run: { id: 7, nodeId: text, url: `https://github.com/octo-org/${text}` },
      })),
    };
  });
  return { ...scene, view: viewOf(scene, scene.nowMs) };
}

/** Every document about a scene, by name. */
function renderAll(scene: PlanScene, text: string): Record<string, string> {
  const issuePlan = readIssuePlan(ISSUE, `x ${text}`, null);
  const yaml = [
    'plan: p',
    'tasks:',
    `  one: {title: ${JSON.stringify(`${text} x`)}, spec: ${JSON.stringify(text)}, owns: [${JSON.stringify(text)}], bad: ${JSON.stringify(text)}}`,
  ].join('\n');
  const facts = { ...answerFacts(issuePlan, scene), hindrances: [{ because: `${text} x`, next: `${text} x` }] };
  const failed = scene.view.tasks.find((task) => task.id === 'c')!;
  const check = renderGateCheck(scene, failed, fakeCommit('head'));
  const after = {
    ...scene.ledger.plan,
    title: 'x',
    tasks: scene.ledger.plan.tasks.map((task) => ({
      ...task,
      title: `${task.title}y`,
      spec: `y\n${task.spec}`,
      env: [text],
      locks: [],
    })),
  };
  const stuck = [{ task: taskId('d'), sinceMs: START }];
  return {
    status: renderStatusComment(scene, { stuck, lowQuotas: [] }),
    'pull of a': renderPullBody(scene, scene.view.tasks[0]!),
    'pull of c': renderPullBody(scene, failed),
    'check summary': check.summary,
    'check text': check.text,
    'changed plan': renderPlanChanged(scene, { ...issuePlan, plan: after }),
    'unreadable plan': renderPlanChanged(scene, issuePlan),
    stuck: renderStuckNotice(scene, stuck),
    obstacle: renderObstacle({ code: text, because: `${text} x`, next: `${text} x` }),
    report: renderFinalReport(scene, scene.nowMs),
    answers: renderReplies(
      [
        { kind: 'help' },
        { kind: 'check' },
        { kind: 'status' },
        { kind: 'why', task: failed.id },
        { kind: 'run-started', isNew: true, only: [] },
        { kind: 'run-problems' },
        { kind: 'edited-since', command: `/espalier freeze ${text}` },
        { kind: 'done', command: text, because: `${text} x` },
        { kind: 'refused', command: text, because: `${text} x`, next: `${text} x` },
        { kind: 'unknown-command', text: `x${text}`, because: `${text} x`, nearest: `x${text}` },
        { kind: 'no-authority', login: `${text} x`, because: `${text} x` },
      ],
      facts,
    ),
    'check of hostile YAML': renderReplies(
      [{ kind: 'check' }],
      answerFacts(readIssuePlan(ISSUE, `\`\`\`\`\`\`espalier\n${yaml}\n\`\`\`\`\`\``, null), null),
    ),
  };
}

/** Espalier's own references: the issue, and the pull requests of a and b. */
const OWN_NUMBERS = [ISSUE, 13, 14];
/** Documents whose blocks depend on how a text is read as a plan. */
const READS_TEXT = new Set(['answers', 'check of hostile YAML', 'unreadable plan', 'changed plan']);

const CALM_OUTLINES = new Map(
  Object.entries(renderAll(hostileScene('calm'), 'calm')).map(([name, text]) => [name, outlineOf(text).join()]),
);

/** What is wrong with the documents of a plan that is hostile with `text`; empty if nothing is. */
function findHarm(text: string): string[] {
  const documents = renderAll(hostileScene(text), text);
  return Object.entries(documents).flatMap(([name, document]) => {
    const { foreign, outline } = readDocument(document, OWN_NUMBERS);
    const found = [...foreign];
    if (byteLength(document) > 65_000) found.push('too long');
    const isSame = READS_TEXT.has(name) || outline.join() === CALM_OUTLINES.get(name);
    if (!isSame) found.push(`other blocks: ${document}`);
    return found.map((each) => `${name}: ${each}`);
  });
}

describe('documents of a plan that is hostile in every field', () => {
  it.each([...NASTY_TEXTS.entries()])('are harmless with hostile text %i', (_index, text) => {
    expect(findHarm(text)).toEqual([]);
    expect(renderPullTitle({ id: taskId('a'), title: text })).not.toMatch(/[@#]\w|[[\]\n]|:\/\//);
  });

  it('are harmless with any text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(findHarm(text)).toEqual([]);
      }),
      { numRuns: chooseDepth(8, 25) },
    );
  });

  it('are the same for the same plan', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(renderAll(hostileScene(text), text)).toEqual(renderAll(hostileScene(text), text));
      }),
      { numRuns: 5 },
    );
  });

  it('show annotations in bounds, on changed paths alone', () => {
    const scene = hostileScene('calm');
    const task = scene.view.tasks.find((each) => each.id === 'c')!;
    const { annotations, title, actions } = renderGateCheck(scene, task, fakeCommit('head'));
    expect(annotations).toEqual([{ path: 'xcalm', line: 3, level: 'failure', message: 'calm x' }]);
    expect(title.length).toBeLessThanOrEqual(120);
    for (const { label, description, identifier } of actions)
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([true, true, true]);
  });
});
