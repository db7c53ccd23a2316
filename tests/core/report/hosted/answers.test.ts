import { describe, expect, it } from 'vitest';

import { COMMANDS } from '../../../../src/core/commands/command.ts';
import { readIssuePlan } from '../../../../src/core/hosted/pin-plan.ts';
import type { Reply } from '../../../../src/core/hosted/reply.ts';
import { renderPlanChanged, renderReplies, renderStuckNotice } from '../../../../src/core/report/hosted/answers.ts';
import { byteLength } from '../../../../src/core/report/hosted/markdown.ts';
import { renderObstacle } from '../../../../src/core/report/hosted/obstacle.ts';
import { taskId } from '../../../support/builders.ts';
import { answerFacts, editedScene, midwayScene, MINUTE, resolvedOf, sceneOf, seedPlan, START } from './scenes.ts';

const SEED = seedPlan();
const RUNNING = answerFacts(SEED, midwayScene());
const NONE = { revision: null, changed: [], added: [], removed: [], isFrameChanged: false };

function answer(reply: Reply, facts = RUNNING): string {
  return renderReplies([reply], facts);
}

describe('renderReplies', () => {
  it.each<[string, Reply, string[]]>([
    [
      'what was done',
      { kind: 'done', command: '/espalier pause', because: 'nothing more is started' },
      ['**Done:** Nothing more is started.'],
    ],
    [
      'what was refused, why, and the next step',
      { kind: 'refused', command: '/espalier retry a', because: "the plan has no task 'a'", next: '/espalier status' },
      ["**Not done:** The plan has no task 'a'.", 'Comment `/espalier status`.'],
    ],
    [
      'a next step in words',
      { kind: 'refused', command: 'x', because: 'it is paused', next: 'give the command /espalier resume' },
      ['Give the command `/espalier resume`.'],
    ],
    [
      'an unknown command with the nearest',
      {
        kind: 'unknown-command',
        text: '/espalier retyr auth',
        because: 'asks for a command that there is not',
        nearest: '/espalier retry auth',
      },
      [
        'The line `/espalier retyr auth` asks for a command that there is not. Did',
        'Did you mean `/espalier retry auth`?',
        '`/espalier help`',
      ],
    ],
    [
      'who has no authority, and what is needed',
      {
        kind: 'no-authority',
        login: 'stranger',
        because: "Your permission is 'read' in this repository; commands need 'write'.",
      },
      ['**Not done**, stranger:', "commands need 'write'"],
    ],
    [
      'an edit after the command',
      { kind: 'edited-since', command: '/espalier run' },
      ['`/espalier run`', 'edited after the comment was written'],
    ],
    [
      'an approval with what it changed',
      {
        kind: 'approved',
        difference: {
          ...NONE,
          source: 'a' as never,
          seenAt: 1,
          changed: [taskId('a')],
          removed: [taskId('b')],
          retitled: [taskId('c')],
          isFrameChanged: true,
        },
      },
      [
        'the edited text is the plan now',
        'begun anew unless landed: `a`',
        'Another title, which reviewers are told; what was reviewed under the old one and has not landed is begun anew: `c`',
        'Removed; their branches stay: `b`',
        'budget',
      ],
    ],
    [
      'the start of a plan',
      { kind: 'run-started', isNew: true, only: [] },
      ['**Started:** 8 tasks, at most 5 at once', '`/espalier approve`'],
    ],
    [
      'the start of some tasks',
      { kind: 'run-started', isNew: true, only: [taskId('rag-agent')] },
      ['**Started:** only `rag-agent`'],
    ],
    ['going on', { kind: 'run-started', isNew: false, only: [] }, ['**Goes on:** 8 tasks.', 'tried again at once']],
    [
      'where a plan stands',
      { kind: 'status' },
      [
        '## 2 of 8 tasks landed',
        '- At work: `devops-agent`, `github-agent`',
        '- Next to land: `frontend-agent`',
        '`/espalier retry rag-agent`',
      ],
    ],
    [
      'why a task waits, on what and who acts',
      { kind: 'why', task: taskId('testing-agent') },
      ['`testing-agent` is waiting', '**Espalier acts:**', 'Waits on `frontend-agent` (queued)'],
    ],
    [
      'why a task is held',
      { kind: 'why', task: taskId('docs-agent') },
      ['`docs-agent` is held', 'It needs `rag-agent`, which did not land. Comment `/espalier retry rag-agent`.'],
    ],
  ])('answers with %s', (_name, reply, wanted) => {
    const text = answer(reply);
    for (const each of wanted) expect(text).toContain(each);
  });

  it.each(['plan', 'pull'] as const)(
    'lists in help what can be said on a %s, and nothing else in the table',
    (place) => {
      const text = renderReplies([{ kind: 'help' }], { ...RUNNING, place });
      const listed = [...text.matchAll(/^\| `\/espalier ([a-z]+)/gm)].map((match) => match[1]);
      expect(listed).toEqual(
        COMMANDS.filter((spec) => spec.where === 'both' || spec.where === place).map((spec) => spec.name),
      );
    },
  );

  it('says of a plan that was not started how it is', () => {
    for (const kind of ['status', 'run-started'] as const) {
      const reply = kind === 'status' ? { kind } : { kind, isNew: false, only: [] };
      expect(answer(reply, answerFacts(SEED, null))).toContain('Start it with the comment `/espalier run`.');
    }
  });

  it('checks a plan: problems with their lines, waves, arithmetic, and how to start', () => {
    const text = answer({ kind: 'check' }, answerFacts(SEED, null));
    for (const each of [
      '## The plan can be run, with 3 warnings',
      '**warning** line 3: the text states 174 h',
      '8 tasks, 6 edges, 2 waves',
      'Critical path: 83 h',
      '2.8 times as fast as one agent',
      'Start it with the comment `/espalier run`.',
    ])
      expect(text).toContain(each);
  });

  it('names what the repository lacks, and does not call such a plan ready', () => {
    const hindrances = [
      {
        because: 'approvals are dismissed on every update',
        next: 'switch that rule off, then give the command /espalier check',
      },
    ];
    const text = answer({ kind: 'check' }, { ...answerFacts(SEED, null), hindrances });
    expect(text).toContain('The plan is in order, but it cannot be run in this repository yet');
    expect(text).toContain(
      'Approvals are dismissed on every update. Switch that rule off, then give the command `/espalier check`.',
    );
    expect(text).not.toContain('Start it');
  });

  it('shows the errors of a text that is no plan, each with its line', () => {
    const broken = readIssuePlan(
      12,
      '```espalier\nplan: x\ntasks:\n  a: {needs: [bb], spec: x}\n  b: {spec: y}\n```\n',
      null,
    );
    for (const kind of ['check', 'run-problems'] as const) {
      const text = answer({ kind }, answerFacts(broken, null));
      expect(text).toContain('### Problems of the plan');
      expect(text).toMatch(/❌ \*\*error\*\* line 4:/);
      expect(text).toContain('Did you mean `b`?');
    }
  });

  it('answers several commands of one comment in one text that fits', () => {
    const replies: Reply[] = Array.from({ length: 40 }, (_each, index) =>
      index % 2 === 0 ? { kind: 'check' } : { kind: 'why', task: taskId('rag-agent') },
    );
    const text = renderReplies(replies, RUNNING);
    expect(byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toMatch(/And \d+ more answers for which there is no room here\./);
  });
});

describe('renderPlanChanged', () => {
  it('shows which fields of which tasks an edit changes, and how the text differs', () => {
    const { scene, issuePlan } = editedScene();
    const text = renderPlanChanged(scene, issuePlan);
    expect(text).toContain('**Changed:** the text of `backend-agent`');
    expect(text).toContain('-- Add database indexes (1h)\n+- Add database indexes and foreign keys (2h)');
    expect(text).toContain('**Changed:** `github-agent`\n\n- needs: `backend-agent` → `security-agent, backend-agent`');
    expect(text).toContain('these tasks are not started: `github-agent`.');
  });

  it('says what a new title does to work that was reviewed under the old one, and nothing of what has landed', () => {
    const { scene, issuePlan } = editedScene();
    const landed = scene.view.tasks.find((task) => task.state === 'landed');
    const open = scene.view.tasks.find((task) => task.state !== 'landed');
    const proposed = { ...scene.record.proposed!, retitled: [landed!.id, open!.id] };
    const text = renderPlanChanged({ ...scene, record: { ...scene.record, proposed } }, issuePlan);
    expect(text).toContain(`what was reviewed under the old one and has not landed is begun anew: \`${open!.id}\`.`);
  });

  it('shows added and removed tasks, and what changed around them', () => {
    const { scene, issuePlan } = editedScene();
    const after = resolvedOf(issuePlan);
    const [first, ...others] = after.tasks;
    const edited = { ...after, title: 'Another', budgetUsd: 9, tasks: [...others, { ...first!, id: taskId('new') }] };
    const text = renderPlanChanged(scene, { ...issuePlan, plan: edited });
    expect(text).toContain('**Added:** `new`');
    expect(text).toContain('**Removed:** `security-agent`');
    expect(text).toContain('- budget: `none` → `9.00 USD`');
    expect(text).toContain('- title: `Agent Parallel Execution Plan - Git Worktree Strategy` → `Another`');
  });

  it('notices a change of any field of a task', () => {
    const plan = resolvedOf(SEED);
    const [task] = plan.tasks;
    const scene = sceneOf(plan, () => undefined);
    const silent = Object.keys(task!).filter((field) => {
      if (field === 'id') return false;
      const value = task![field as 'title'] as unknown;
      const other =
        typeof value === 'string'
          ? `${value}x`
          : typeof value === 'number'
            ? value + 60_000
            : field === 'estimateMinutes' || field === 'budgetUsd'
              ? 1
              : changed(field, value);
      const tasks = plan.tasks.map((each, index) => (index === 0 ? { ...each, [field]: other } : each));
      const text = renderPlanChanged(scene, { ...SEED, plan: { ...plan, tasks } });
      return !text.includes('`security-agent`');
    });
    expect(silent).toEqual([]);
  });

  it('says of a text that is no plan any more that nothing new is started', () => {
    const text = renderPlanChanged(midwayScene(), readIssuePlan(12, 'nothing', null));
    expect(text).toContain('Until then, nothing new is started.');
    expect(text).toContain('### Problems of the plan');
  });
});

/** Another value for a field of a task that is neither a text nor a number. */
function changed(field: string, value: unknown): unknown {
  if (field === 'agent') return { kind: 'command', command: ['other'] };
  if (field === 'review') return { ...(value as object), threshold: 3 };
  if (field === 'setup' || field === 'test') return [['other']];
  return Array.isArray(value) ? ['other'] : value === null ? 'other' : null;
}

describe('renderStuckNotice', () => {
  it('names every task that gives no sign, with the commands that help', () => {
    const stuck = [taskId('devops-agent'), taskId('github-agent')].map((task) => ({
      task,
      sinceMs: START + 20 * MINUTE,
    }));
    const text = renderStuckNotice(midwayScene(), stuck);
    expect(text).toContain('`devops-agent` has given no sign since 2026-01-31 09:20Z');
    expect(text).toContain('`github-agent` has given no sign');
    expect(text).toContain('[the run](https://github.com/octo-org/garden/actions/runs/');
    expect(text).toContain('Comment `/espalier cancel github-agent`.');
    expect(text).not.toContain('rag-agent');
  });
});

describe('renderObstacle', () => {
  it('says what is missing, what to do, and that nothing is lost', () => {
    const text = renderObstacle({
      code: 'permission:workflows: write',
      because: "the app lacks the permission 'workflows: write'",
      next: 'accept it, then give the command /espalier run',
    });
    expect(text).toContain("The app lacks the permission 'workflows: write'.");
    expect(text).toContain('**What to do:** Accept it, then give the command `/espalier run`.');
    expect(text).toContain('Settings → GitHub Apps → Configure');
    expect(text).toContain('Nothing is lost');
  });

  it.each([
    ['forbidden', 'Settings → GitHub Apps → Configure'],
    ['dispatch-missing', '`.github/workflows/` on the default branch'],
    ['dispatch-disabled', 'Enable workflow'],
    ['dispatch-actions-disabled', 'Settings → Actions → General'],
    ['dispatch-wrong-version', '`.github/workflows/` on the default branch'],
  ])('says of %s where it is mended', (code, wanted) => {
    expect(renderObstacle({ code, because: 'because', next: 'next' })).toContain(wanted);
  });
});
