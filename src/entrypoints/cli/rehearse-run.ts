/** `espalier run --dry-run`: what would be started, from the same code that decides, and nothing else. */
import { createLedger, createQueueLedger } from '../../core/ledger/transitions.ts';
import type { ResolvedPlan, ResolvedTask } from '../../core/plan/plan.ts';
import { viewPlan } from '../../core/reconcile/view-plan.ts';
import { renderCommand } from '../../core/agents/prompt.ts';
import { countOf, formatDuration, shortSha } from '../../core/report/amounts.ts';
import { renderCheck } from '../../core/report/check-report.ts';
import { summarizePlan } from '../../core/report/check-summary.ts';
import { fitText, line, type Row, span } from '../../core/report/spans.ts';
import type { PreparedRun, ReadPlan } from './prepare-run.ts';
import type { Session } from './session.ts';

/** Prints what a run would begin with. */
export function rehearseRun(
  session: Session,
  options: { read: ReadPlan; prepared: PreparedRun; maxParallel: number; only: readonly string[] },
): void {
  const { read, prepared, maxParallel, only } = options;
  const { plan, baseBranch, baseSha, target } = prepared;
  const nowMs = Date.now();
  const ledger = prepared.ledger ?? createLedger({ plan, baseBranch, baseSha, target, nowMs });
  const view = viewPlan({ ...ledger, plan }, createQueueLedger(target), nowMs);
  const ready = view.tasks.filter(
    (task) =>
      task.state === 'waiting' && task.waiting?.kind === 'slot' && (only.length === 0 || only.includes(task.id)),
  );
  const idCells = Math.max(4, ...plan.tasks.map((task) => task.id.length));
  const look = { source: read.source, width: session.out.width(), isUtf8: session.out.isUtf8 };
  session.out.print(renderCheck(summarizePlan(read.reading, { agents: maxParallel }), look));
  session.out.print([
    [],
    [
      span(plan.id, 'strong'),
      span(`: ${countOf(plan.tasks.length, 'task')}, from ${baseBranch} at ${shortSha(baseSha)}, landing on ${target}`),
    ],
    line(
      prepared.ledger === null
        ? `would begin with ${countOf(Math.min(maxParallel, ready.length), 'attempt')} (${countOf(ready.length, 'task')} ready, at most ${maxParallel} at once):`
        : `goes on where it stopped; ${countOf(ready.length, 'task')} could be started now, at most ${maxParallel} at once:`,
    ),
    ...view.tasks.map((task): Row => {
      const settings = plan.tasks.find((each) => each.id === task.id);
      const isReady = ready.includes(task);
      const what = isReady ? describeWork(settings) : (task.waiting?.because ?? task.state);
      return [
        span(`  ${fitText(task.id, idCells, '')}  `, isReady ? 'strong' : 'dim'),
        span(what, isReady ? 'plain' : 'dim'),
      ];
    }),
    ...renderGate(plan),
    line('Nothing was started and nothing was changed (--dry-run).', 'good'),
  ]);
}

function describeWork(task: ResolvedTask | undefined): string {
  if (task === undefined) return '';
  const limits = `${task.profile}, ${task.resources}, ${formatDuration(task.timeoutMs)} each run, ${countOf(task.retries, 'retry').replace('retrys', 'retries')}`;
  return `would start: ${nameAgent(task.agent)} (${limits})`;
}

/** What lets a change land; said once where it is the same for all tasks. */
function renderGate(plan: ResolvedPlan): Row[] {
  const gates = plan.tasks.map((task) => ({
    tests: task.test.map((command) => renderCommand(command)).join('; '),
    review:
      task.review.reviewer === null
        ? 'no review (switched off by name)'
        : `review by ${nameAgent(task.review.reviewer)}, at least ${task.review.threshold}/10`,
  }));
  const distinct = new Set(gates.map((gate) => `${gate.tests}: ${gate.review}`));
  const [first] = gates;
  if (first === undefined || distinct.size > 1)
    return [line(`gates differ between tasks (${distinct.size} kinds)`, 'dim')];
  return [line(`gate of every task: ${first.tests}; ${first.review}`, 'dim')];
}

function nameAgent(agent: ResolvedTask['agent']): string {
  if (agent.kind === 'command') return renderCommand(agent.command);
  return agent.model === null ? agent.name : `${agent.name} (${agent.model})`;
}
