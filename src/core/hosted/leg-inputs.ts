/** The legs of a run as its workflow gets them: one text, whose length the forge limits. */
import type { DispatchLeg } from '../ledger/forge-record.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import type { LegInput } from '../ledger/leg-input.ts';
import { findHostedGaps, type HostedSettings, runnerOf } from '../plan/hosted-gaps.ts';
import type { ResolvedTask } from '../plan/plan.ts';

/**
 * Most that the text of the legs may take as a member of a request, in characters. A forge takes 65,535 for all inputs
 * together; the others are two ids, a nonce and an object name.
 */
export const MAX_LEGS_LENGTH = 60_000;

/** The text of the input `legs`: a JSON list. */
export function writeLegInputs(legs: readonly DispatchLeg[]): string {
  return JSON.stringify(legs.map(toLegInput));
}

function toLegInput({ task, attempt, generation, mode, headSha, runsOn }: DispatchLeg): LegInput {
  return { task, attempt, generation, mode, head: headSha, runs_on: [...runnerOf({ runsOn })] };
}

/** A leg with the runner that its task asks for; the tests on the landed whole run where the first task's do. */
export function withRunner(leg: DispatchLeg, ledger: PlanLedger): DispatchLeg {
  const task = taskOf(leg, ledger);
  return task?.runsOn === undefined ? leg : { ...leg, runsOn: [...task.runsOn] };
}

/** True unless the configuration refuses what the leg's task asks of the machine that it runs on. */
export function mayRun(ledger: PlanLedger, leg: DispatchLeg, settings: HostedSettings): boolean {
  const task = taskOf(leg, ledger);
  return task === undefined || findHostedGaps(task, settings).length === 0;
}

function taskOf(leg: DispatchLeg, { plan }: PlanLedger): ResolvedTask | undefined {
  return leg.work === 'final' ? plan.tasks[0] : plan.tasks.find(({ id }) => id === leg.task);
}

/** Parts legs into runs of at most `most`, each of whose text fits; in order. One leg always fits. */
export function partLegs(legs: readonly DispatchLeg[], most: number): DispatchLeg[][] {
  const runs: DispatchLeg[][] = [];
  let room = 0;
  for (const leg of legs) {
    // As the member of a request, in which every quotation mark takes two; the brackets count as a comma more.
    const length = JSON.stringify(writeLegInputs([leg])).length;
    const last = runs.at(-1);
    if (last === undefined || last.length >= most || length > room) {
      runs.push([leg]);
      room = MAX_LEGS_LENGTH - length;
    } else {
      last.push(leg);
      room -= length;
    }
  }
  return runs;
}
