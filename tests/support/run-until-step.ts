/**
 * Runs the small plan in a process of its own and ends it by SIGKILL at its n-th effect, before or after the effect
 * takes place. Every way by which a run changes something outside of itself is counted here.
 *
 *     node run-until-step.ts REPOSITORY STATE_DIR ENGINE BASE_SHA STEP before|after
 *
 * Prints the number of effects and the outcome when it comes to the end.
 */
import { rename, writeFile } from 'node:fs/promises';

import type { CommitSha } from '../../src/core/brand.ts';
import type { SandboxEngine } from '../../src/core/sandbox/property.ts';
import { runPlan } from '../../src/engine/run-plan.ts';
import type { RunPlanDeps } from '../../src/engine/run-request.ts';
import { openRunDeps, requestFor, smallPlan } from './running-plan.ts';

const [repository = '', stateDir = '', engine = 'none', baseSha = '', stepText = '0', moment = 'before'] =
  process.argv.slice(2);
const fatalStep = Number(stepText);
let steps = 0;
const names: string[] = [];

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

/** Wraps methods so that each call is a step. */
function counted<T extends object>(target: T, methods: readonly (keyof T & string)[]): T {
  return new Proxy(target, {
    get(object, key) {
      const member: unknown = Reflect.get(object, key, object);
      if (typeof member !== 'function') return member;
      const bound = member.bind(object) as (...args: unknown[]) => unknown;
      if (!methods.includes(key as keyof T & string)) return bound;
      return async (...args: unknown[]) => {
        steps += 1;
        names.push(String(key));
        const isFatal = steps === fatalStep;
        if (isFatal && moment === 'before') die();
        const result = await bound(...args);
        if (isFatal) die();
        return result;
      };
    },
  });
}

const { deps } = await openRunDeps({
  repository,
  stateDir,
  engine: engine as SandboxEngine,
  env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
});
const wrapped: RunPlanDeps = {
  ...deps,
  store: counted(deps.store, ['write']),
  workers: {
    ...deps.workers,
    git: counted(deps.workers.git, [
      'moveBranches',
      'createWorktree',
      'removeWorktree',
      'takeIn',
      'createPrivateGitDir',
    ]),
    forge: counted(deps.workers.forge, ['publishHead', 'land']),
    sandbox: counted(deps.workers.sandbox, ['run']),
    evidence: counted(deps.workers.evidence, ['writeEvidence', 'writeTrial', 'writeFinal']),
  },
};
const outcome = await runPlan(wrapped, requestFor(smallPlan(), baseSha as CommitSha), {
  signal: new AbortController().signal,
  onView: () => {},
  onEvent: () => {},
});
const status = 'view' in outcome ? outcome.view.status : '';
await writeFile(`${stateDir}/outcome.tmp`, JSON.stringify({ steps, kind: outcome.kind, status, names }));
await rename(`${stateDir}/outcome.tmp`, `${stateDir}/outcome.json`);
