/** Did the demo show what it promises? Each promise is looked up in the ledger, none is taken for granted. */
import type { AttemptRecord, PlanLedger } from '../../../core/ledger/ledger.ts';
import { formatScore } from '../../../core/report/amounts.ts';
import { DEMO_TASK_IDS } from './demo-plan.ts';

/** One promise, and whether the ledger holds it. */
export interface DemoPromise {
  isKept: boolean;
  text: string;
}

/** Checks every promise against what the ledger of the demo's plan says. */
export function checkDemoOutcome(ledger: PlanLedger): DemoPromise[] {
  return [
    checkLandings(ledger),
    checkOrder(ledger),
    checkLock(ledger),
    checkReviews(ledger),
    checkConflict(ledger),
    checkRefusal(ledger),
    checkTrees(ledger),
  ];
}

function attemptsOf(ledger: PlanLedger, task: string): AttemptRecord[] {
  return Object.entries(ledger.tasks).find(([id]) => id === task)?.[1].attempts ?? [];
}

function landedAt(ledger: PlanLedger, task: string): number | null {
  return ledger.certificates.find((certificate) => certificate.task === task)?.landedAt ?? null;
}

function checkLandings(ledger: PlanLedger): DemoPromise {
  const landed = DEMO_TASK_IDS.filter((task) => landedAt(ledger, task) !== null);
  const isKept = landed.length === 7 && !landed.includes('docs-agent');
  return { isKept, text: `${landed.length} of 8 tasks landed` };
}

/** No attempt begins before everything that its task needs has landed. */
function checkOrder(ledger: PlanLedger): DemoPromise {
  const dependent = ledger.plan.tasks.filter((task) => task.needs.length > 0);
  const isKept = dependent.every((task) =>
    task.needs.every((need) => {
      const at = landedAt(ledger, need);
      const [first] = attemptsOf(ledger, task.id);
      return at !== null && first !== undefined && first.startedAt >= at;
    }),
  );
  return { isKept, text: `${dependent.map((task) => task.id).join(', ')} began when what they need had landed` };
}

function checkLock(ledger: PlanLedger): DemoPromise {
  const spans = ['backend-agent', 'frontend-agent'].map((task) => ({
    from: attemptsOf(ledger, task)[0]?.startedAt ?? null,
    to: landedAt(ledger, task),
  }));
  const [first, second] = spans.sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const isKept = first?.to != null && second?.from != null && second.from >= first.to;
  return { isKept, text: "backend-agent and frontend-agent share the lock 'exports' and took turns" };
}

function checkReviews(ledger: PlanLedger): DemoPromise {
  const attempts = attemptsOf(ledger, 'security-agent');
  const scores = (attempts[0]?.evidence?.reviews ?? [])
    .filter((review) => review.stage === 'work')
    .flatMap((review) => review.score ?? []);
  const isKept =
    attempts.length === 1 &&
    scores.length === 3 &&
    scores.at(-1) === 10 &&
    scores.every((score, index) => index === 2 || score < 10);
  return { isKept, text: `security-agent was sent back twice by its review (${scores.map(formatScore).join(', ')})` };
}

function checkConflict(ledger: PlanLedger): DemoPromise {
  const rivals = ['rag-agent', 'devops-agent'];
  const returned = rivals.filter((task) => attemptsOf(ledger, task).some((attempt) => attempt.status === 'returned'));
  const [loser] = returned;
  const attempts = loser === undefined ? [] : attemptsOf(ledger, loser);
  const isConflict =
    attempts[0]?.trial?.result?.conflicts.some((conflict) => conflict.path === 'CHANGELOG.md') === true;
  const isKept = returned.length === 1 && isConflict && attempts.length === 2 && attempts[1]?.status === 'landed';
  return { isKept, text: `${loser ?? 'nobody'} met a conflict in CHANGELOG.md, got it back, solved it and landed` };
}

function checkRefusal(ledger: PlanLedger): DemoPromise {
  const attempts = attemptsOf(ledger, 'docs-agent');
  const violations = attempts[0]?.evidence?.violations ?? [];
  const isKept =
    attempts.length === 1 &&
    attempts[0]?.status === 'failed' &&
    violations.some((each) => each.rule === 'ownership' && each.path === 'src/store.mjs');
  return { isKept, text: 'docs-agent changed src/store.mjs, which it does not own, and was refused' };
}

function checkTrees(ledger: PlanLedger): DemoPromise {
  const isKept =
    ledger.certificates.length > 0 &&
    ledger.certificates.every(
      (certificate) =>
        certificate.landedTree === certificate.testedTree &&
        certificate.tests.some((test) => test.tree === certificate.landedTree && test.status === 'passed'),
    );
  return { isKept, text: 'every tree that landed is one on which the tests passed' };
}
