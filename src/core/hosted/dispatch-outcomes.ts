/** What asking the forge for a run came to: the run's name, or what keeps the plan from going on. */
import type { DispatchRecord, ForgeRecord } from '../ledger/forge-record.ts';
import type { HolderId } from '../ledger/ledger.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { EffectOutcome } from './effect.ts';
import type { HostedConfig } from './hosted-config.ts';

/** Key of the effect that dispatches a run, or looks for it first. */
export function dispatchKey(nonce: string): string {
  return `dispatch.${nonce}`;
}

/** An outage is told to people only when it was met so often in turn. */
const MANY_TRIES = 3;

type Obstacle = NonNullable<ForgeRecord['obstacle']>;
type Failure = Extract<EffectOutcome, { kind: 'no-workflow' | 'forbidden' | 'refused' | 'later' | 'elsewhere' }>;

interface OutcomeInput {
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
  config: HostedConfig;
  replica: HolderId;
}

/**
 * Takes the outcome of a dispatch into it and into the record. Nothing is lost by a failure: the legs stay written, and
 * are asked for again after a wait that grows, or at once when a person has cleared the obstacle.
 */
export function takeDispatchOutcome(
  record: ForgeRecord,
  dispatch: DispatchRecord,
  { outcomes, config, replica }: OutcomeInput,
  nowMs: number,
): { record: ForgeRecord; dispatch: DispatchRecord } {
  const outcome = outcomes.get(dispatchKey(dispatch.nonce));
  // A run that the ledger names already stays the only one of its nonce, whatever this process has done meanwhile.
  if (outcome === undefined || dispatch.run !== null) return { record, dispatch };
  if (outcome.kind === 'run-named')
    return {
      record: isDispatchObstacle(record.obstacle) ? { ...record, obstacle: null } : record,
      dispatch: { ...dispatch, run: outcome.run, namedAt: nowMs },
    };
  // A failure of a process that has lost its lease says nothing about what the next one is doing.
  if (!isFailure(outcome) || dispatch.lease.holder !== replica) return { record, dispatch };
  const tries = (dispatch.tries ?? 0) + 1;
  const backoffMs = Math.min(config.backoffMs * 2 ** (tries - 1), config.maxBackoffMs);
  const untilMs = nowMs + backoffMs;
  const isPassing = outcome.kind === 'later' || outcome.kind === 'elsewhere';
  const wait = isPassing
    ? {
        lease: {
          ...dispatch.lease,
          until: outcome.kind === 'later' ? Math.max(untilMs, outcome.notBeforeMs) : untilMs,
        },
      }
    : { lease: { ...dispatch.lease, until: nowMs }, notBefore: untilMs };
  const obstacle = describeObstacle(outcome, tries, config, nowMs);
  return {
    record: obstacle === null || !isNews(record.obstacle, obstacle) ? record : { ...record, obstacle },
    dispatch: { ...dispatch, ...wait, tries },
  };
}

/** Since when a run is waited for; milliseconds since the epoch. It may have been asked for long after it was written. */
export function namedAtMs(dispatch: DispatchRecord): number {
  return dispatch.namedAt ?? dispatch.writtenAt;
}

/** When a dispatch without a run may be asked for (again); milliseconds since the epoch. */
export function dispatchDueMs(record: ForgeRecord, dispatch: DispatchRecord): number {
  // Once a person has cleared the obstacle, nothing but a lease is waited for.
  const notBefore = record.obstacle === null ? 0 : (dispatch.notBefore ?? 0);
  return Math.max(dispatch.lease.until, notBefore);
}

function isFailure(outcome: EffectOutcome): outcome is Failure {
  return ['no-workflow', 'forbidden', 'refused', 'later', 'elsewhere'].includes(outcome.kind);
}

const CODE_PREFIX = 'dispatch-';
const LATER = 'later';

/** False for what is known, and for what only has to be waited for while a person has something to do. */
function isNews(known: ForgeRecord['obstacle'], found: Obstacle): boolean {
  if (known === null) return true;
  if (isDispatchObstacle(known) && found.code === `${CODE_PREFIX}${LATER}`) return false;
  return known.code !== found.code || known.because !== found.because;
}

function isDispatchObstacle(obstacle: ForgeRecord['obstacle']): boolean {
  return obstacle?.code.startsWith(CODE_PREFIX) === true;
}

function describeObstacle(
  outcome: Failure,
  tries: number,
  { workflow, hasJobToken }: HostedConfig,
  nowMs: number,
): Obstacle | null {
  const because = cleanLine(outcome.because, 500);
  const say = (code: string, what: string, next: string): Obstacle => ({
    code: `${CODE_PREFIX}${code}`,
    because: what,
    next,
    at: nowMs,
  });
  switch (outcome.kind) {
    case 'no-workflow':
      return say(outcome.code, because, WORKFLOW_STEPS[outcome.code](workflow));
    case 'forbidden':
      if (hasJobToken)
        return say(
          'forbidden',
          `the token of the job may not start workflow runs: ${because}`,
          "give the job 'reconcile' in .github/workflows/espalier.yml the permission 'actions: write', then comment /espalier run",
        );
      return say(
        'forbidden',
        `the app may not start workflow runs: ${because}`,
        `accept the permission '${cleanLine(outcome.permission ?? 'actions: write', 100)}' in the settings of the installation, then comment /espalier run`,
      );
    case 'refused':
      return say(
        'refused',
        `the forge would not start a run: ${because}`,
        'put that right, then comment /espalier run',
      );
    case 'later':
    case 'elsewhere':
      return tries < MANY_TRIES
        ? null
        : say(LATER, `no run could be started for a while: ${because}`, 'nothing: it is tried again by itself');
  }
}

type NoWorkflow = Extract<EffectOutcome, { kind: 'no-workflow' }>['code'];

/** What a person does about a workflow that cannot be dispatched. */
const WORKFLOW_STEPS: Readonly<Record<NoWorkflow, (workflow: string) => string>> = {
  missing: (workflow) => `put .github/workflows/${workflow} on the default branch, then comment /espalier run`,
  disabled: (workflow) => `enable the workflow ${workflow} in the Actions tab, then comment /espalier run`,
  'actions-disabled': () => 'allow Actions in the settings of the repository, then comment /espalier run',
  'no-trigger': (workflow) => `give ${workflow} its \`workflow_dispatch\` trigger back, then comment /espalier run`,
  'wrong-version': (workflow) => `bring ${workflow} to the version of this app, then comment /espalier run`,
};
