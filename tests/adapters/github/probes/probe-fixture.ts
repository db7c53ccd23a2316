/** A GitHub to visit: a repository with a workflow and a history, and an app with the permissions of the manifest. */
import { APP_PERMISSIONS } from '../../../../src/core/register/app-permissions.ts';
import type { FactId } from '../../../../src/core/register/github-facts.ts';
import type { ProbedFact, ProbeReport } from '../../../../src/core/report/github-probes.ts';
import { probeGitHub, type ProbeOptions, type ProbeOutcome } from '../../../../src/adapters/github/probe-github.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { pushCommits } from '../../../support/github/operations/commits.ts';
import { openServer, type ServerFixture } from '../../../support/github/rest/server-fixture.ts';
import type { Permissions } from '../../../support/github/state.ts';

const ATTEMPT_WORKFLOW = `name: Espalier
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      plan:
        type: string
      legs:
        type: string
      nonce:
        type: string
      ledger:
        type: string
jobs:
  work:
    runs-on: ubuntu-latest
    steps: []
`;

/** The permissions that the manifest asks for. */
export const MANIFEST_PERMISSIONS: Permissions = Object.fromEntries(
  APP_PERMISSIONS.map(({ name, level }) => [name, level]),
);

export interface ProbeFixture extends AsyncDisposable {
  readonly hub: ServerFixture;
  readonly clock: Clock;
  /** Visits the repository; what is not said is the app, without `--write`. */
  visit(options?: Partial<ProbeOptions>): Promise<ProbeOutcome>;
}

/** Opens one; disposing closes it, and throws what the test GitHub complains of. */
export async function openProbeFixture(
  options: { permissions?: Permissions; hasWorkflow?: boolean } = {},
): Promise<ProbeFixture> {
  const hub = await openServer({ permissions: options.permissions ?? MANIFEST_PERMISSIONS });
  if (options.hasWorkflow !== false) {
    await pushCommits(hub.world, hub.maintainer, hub.repository, {
      branch: 'main',
      commits: [
        { message: 'Add the workflow', files: { '.github/workflows/espalier-dispatch.yml': ATTEMPT_WORKFLOW } },
        { message: 'Write more', files: { 'more.txt': 'more\n' } },
      ],
    });
  }
  const clock: Clock = {
    now: () => hub.clock.at,
    async sleep(ms) {
      await new Promise((resolve) => setImmediate(resolve));
      hub.clock.at += ms;
    },
  };
  const quiet = () => {};
  return {
    hub,
    clock,
    visit: (more = {}) =>
      probeGitHub({
        credential: { kind: 'app', appId: hub.app.id, privateKeyPem: hub.app.privateKeyPem },
        baseUrl: hub.server.url,
        repository: { owner: 'acme', name: 'widgets' },
        workflow: 'espalier-dispatch.yml',
        canWrite: false,
        random: 'abc123',
        clock,
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        signal: new AbortController().signal,
        pace: { maxAtOnce: 10, writeGapMs: 0 },
        onStep: quiet,
        ...more,
      }),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** The report of a visit that came to its end. */
export function reportOf(outcome: ProbeOutcome): ProbeReport {
  if (outcome.kind === 'report') return outcome.report;
  throw new Error(`The visit ended as ${JSON.stringify(outcome)}.`);
}

/** Ids of the facts of which the same was found. */
export function idsOf(facts: readonly ProbedFact[], status: ProbedFact['status']): FactId[] {
  return facts.filter((fact) => fact.status === status).map(({ id }) => id);
}

/** What was found of a fact. */
export function factOf({ facts }: ProbeReport, id: FactId): ProbedFact | undefined {
  return facts.find((fact) => fact.id === id);
}

/** All refs of the visited repository. */
export function branchesOf({ hub }: ProbeFixture): string[] {
  return [...hub.repository.refs.keys()];
}
