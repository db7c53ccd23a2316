/**
 * A small plan on a real repository with everything real but the model: adapters as the command line opens them,
 * agents, tests and reviewer as shell scripts that the repository holds.
 */
import path from 'node:path';

import { SYSTEM_CLOCK } from '../../src/adapters/clock/system-clock.ts';
import { openGit } from '../../src/adapters/git/open-git.ts';
import { openEvidenceFiles } from '../../src/adapters/local/evidence-files.ts';
import { openGitLedgerStore } from '../../src/adapters/local/git-ledger-store.ts';
import { openLocalForge } from '../../src/adapters/local/local-forge.ts';
import { describeThisProcess, isHolderAlive } from '../../src/adapters/local/processes.ts';
import { openSandbox } from '../../src/adapters/sandbox/open-sandbox.ts';
import { openPortLeases } from '../../src/adapters/workspace/port-leases.ts';
import { openWorkFiles } from '../../src/adapters/workspace/work-files.ts';
import type { BranchName, CommitSha } from '../../src/core/brand.ts';
import type { ResolvedPlan, ResolvedTask } from '../../src/core/plan/plan.ts';
import { PROPERTIES, type SandboxEngine } from '../../src/core/sandbox/property.ts';
import type { RunPlanDeps, RunRequest } from '../../src/engine/run-request.ts';
import { aPlan, aTask, taskId } from './builders.ts';

/** Each agent adds its own line to a list that others change too, and a file of its own. */
const AGENT = `#!/bin/sh
set -eu
# What a merge left is every line of both sides: the markers go, the lines stay.
{ grep -v -e '^<<<<<<<' -e '^=======' -e '^>>>>>>>' -e '^|||||||' list.txt || true; echo "$ESPALIER_TASK"; } | sort -u > list.new
mv list.new list.txt
echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"
if [ "$ESPALIER_ITERATION" -gt 1 ]; then echo polished >> "$ESPALIER_TASK.txt"; fi
`;

/** Red on conflict markers and on a list that is not sorted. */
const TEST = `#!/bin/sh
set -eu
if grep -q -e '^<<<<<<<' list.txt; then echo 'conflict markers in list.txt'; exit 1; fi
sort -c -u list.txt
`;

/** Content with everything but the first try of the task \`b\`. */
const REVIEW = `#!/bin/sh
set -eu
if [ "$ESPALIER_TASK" = b ] && ! grep -q polished b.txt; then
  echo '{"score": 7, "findings": [{"severity": "warning", "path": "b.txt", "line": 1, "message": "polish it"}]}'
else
  echo '{"score": 10, "findings": []}'
fi
`;

/** Files of the repository that {@link smallPlan} runs on. */
export const SMALL_PROJECT: Readonly<Record<string, string>> = {
  'README.md': '# A small project\n',
  'list.txt': 'm\n',
  'tools/agent.sh': AGENT,
  'tools/test.sh': TEST,
  'tools/review.sh': REVIEW,
};

/** A task that the project's own scripts work on. */
export function scriptedTask(id: string, overrides: Partial<ResolvedTask> = {}): ResolvedTask {
  return aTask(id, {
    agent: { kind: 'command', command: ['sh', 'tools/agent.sh'] },
    test: [['sh', 'tools/test.sh']],
    review: {
      reviewer: { kind: 'command', command: ['sh', 'tools/review.sh'] },
      threshold: 10,
      iterations: 3,
      rubric: '',
    },
    retries: 3,
    ...overrides,
  });
}

/** Three tasks: `b` needs `a` and is reviewed twice; `c` runs beside them and touches the same lines. */
export function smallPlan(overrides: Partial<ResolvedPlan> = {}): ResolvedPlan {
  return aPlan([scriptedTask('a'), scriptedTask('b', { needs: [taskId('a')] }), scriptedTask('c')], {
    final: [['sh', 'tools/test.sh']],
    ...overrides,
  });
}

/** What {@link SMALL_PROJECT} holds when {@link smallPlan} has landed, whatever the order was. */
export const SMALL_OUTCOME: Readonly<Record<string, string>> = {
  'list.txt': 'a\nb\nc\nm\n',
  'a.txt': 'made by a\n',
  'b.txt': 'made by b\npolished\n',
};

/** Where a plan is run, and how. */
export interface RunningOptions {
  repository: string;
  stateDir: string;
  env: Readonly<Record<string, string>>;
  engine: 'auto' | SandboxEngine;
}

/** Opens everything that `runPlan` needs. Properties that the engine lacks are waived: they are not the subject here. */
export async function openRunDeps(options: RunningOptions): Promise<{ deps: RunPlanDeps }> {
  const opened = await openGit(options.repository, { stateDir: options.stateDir, env: options.env });
  if (opened.kind === 'refused') throw new Error(`${opened.because} ${opened.nextStep}`);
  const { git, stateDir } = opened;
  const sandbox = await openSandbox({
    asked: options.engine,
    profiles: ['strict'],
    waive: PROPERTIES,
    root: { kind: 'host' },
    toolPaths: [],
    stateDir: path.join(stateDir, 'sandbox'),
    env: options.env,
  });
  if (sandbox.kind === 'refused') throw new Error(`${sandbox.because} ${sandbox.nextStep}`);
  const holder = await describeThisProcess();
  const silent = (): void => {};
  return {
    deps: {
      store: openGitLedgerStore(git, { clock: SYSTEM_CLOCK }),
      holder: { id: holder.id, description: `process ${holder.pid}` },
      isHolderAlive,
      workers: {
        git,
        forge: openLocalForge(git, { stateDir }),
        sandbox: sandbox.sandbox,
        evidence: openEvidenceFiles({ stateDir }),
        files: openWorkFiles(),
        ports: openPortLeases({ folder: path.join(stateDir, 'ports') }),
        clock: SYSTEM_CLOCK,
        log: { debug: silent, info: silent, warn: silent, error: silent },
        policy: { protectedPaths: [], maxFileBytes: 1e6, maxChangedFiles: 100, maxChangeBytes: 1e7 },
        hostEnv: {},
        checkout: opened.facts.topLevel,
        portRange: { first: 42_000, last: 42_999 },
        author: { name: 'Espalier', email: 'espalier@localhost' },
      },
    },
  };
}

/** The request that runs `plan` on branch `main`. */
export function requestFor(plan: ResolvedPlan, baseSha: CommitSha): RunRequest {
  return {
    plan,
    baseBranch: 'main' as BranchName,
    baseSha,
    target: `espalier/${plan.id}/landed` as BranchName,
    maxParallel: 2,
    revise: false,
    only: [],
  };
}
