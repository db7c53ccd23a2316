/** The tests of the whole plan, which run once everything has landed. */
import type { PlanLedger } from '../ledger/ledger.ts';
import { landedAttempt } from '../schedule/progress.ts';
import { backOffMs } from './back-off.ts';
import { isFinalOf } from './bound-results.ts';
import { note, ownerOf, settleDraft, takeGeneration, type Draft } from './draft.ts';

/** Starts the plan's `final` tests, once everything has landed, and follows them. */
export function followFinal(draft: Draft): void {
  const { snapshot, nowMs } = draft;
  const { plan, final } = draft.ledger;
  if (final !== null) {
    followRunningFinal(draft, final);
    return;
  }
  settleDraft(draft);
  const isWhole = plan.tasks.every((task) => landedAttempt(draft.ledger.tasks[task.id]) !== null);
  if (plan.final.length === 0 || snapshot.tip === null || !isWhole || draft.ledger.paused !== null) return;
  const generation = takeGeneration(draft);
  draft.ledger = {
    ...draft.ledger,
    final: { generation, holder: snapshot.me, startedAt: nowMs, commitSha: snapshot.tip, result: null },
  };
  draft.actions.push({ kind: 'start-final', generation, commitSha: snapshot.tip });
  note(draft, 'final-started', null, 0, `on ${snapshot.tip.slice(0, 12)}`);
}

function followRunningFinal(draft: Draft, final: NonNullable<PlanLedger['final']>): void {
  if (final.result !== null) return;
  const { snapshot, nowMs } = draft;
  const found = snapshot.final;
  if (found !== null && isFinalOf(found, final)) {
    draft.ledger = { ...draft.ledger, final: { ...final, result: found } };
    note(draft, 'final-ended', null, 0, found.test.status);
    return;
  }
  const { diedFinal = null } = snapshot;
  if (diedFinal !== null && diedFinal.generation === final.generation) {
    retryFinal(draft, final, diedFinal.because);
    return;
  }
  if (nowMs < (final.died?.notBefore ?? 0)) return;
  const owner = ownerOf(draft, final.holder);
  if (owner === 'other' || (owner === 'me' && snapshot.inFlight.has(`final.${final.generation}`))) return;
  const generation = owner === 'me' ? final.generation : takeGeneration(draft);
  if (owner === 'gone')
    draft.ledger = { ...draft.ledger, final: { ...final, generation, holder: snapshot.me, startedAt: nowMs } };
  draft.actions.push({ kind: 'start-final', generation, commitSha: final.commitSha });
}

/** Runs that died in turn before the tests count as failed, which a person then has to look at. */
const MAX_DIED_FINALS = 3;

/** Nothing was tested: what is to be tested is asked for again after a while, under a generation of its own. */
function retryFinal(draft: Draft, final: NonNullable<PlanLedger['final']>, because: string): void {
  const { nowMs, config, snapshot } = draft;
  const count = (final.died?.count ?? 0) + 1;
  const died = { count, because, notBefore: nowMs + backOffMs(config.backoffMs, count) };
  const generation = takeGeneration(draft);
  draft.ledger = { ...draft.ledger, final: { ...final, generation, holder: snapshot.me, startedAt: nowMs, died } };
  note(draft, 'final-repeated', null, 0, because);
}

/** True while a run of the final tests that died is tried again instead of counting as failed. */
export function mayRetryFinal(final: PlanLedger['final']): boolean {
  return (final?.died?.count ?? 0) < MAX_DIED_FINALS - 1;
}
