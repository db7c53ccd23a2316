import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlanHint } from '../../../src/core/intake/hint.ts';
import { HINT_EVENTS, type HintReading, readHint } from '../../../src/core/intake/read-hint.ts';

const SELF = { appId: 42, botUserId: 4242 };
const SHA = 'a1'.repeat(20);

/** The frame that every event of a repository has. */
function frame(extra: Record<string, unknown>): Record<string, unknown> {
  return {
    action: 'created',
    installation: { id: 10 },
    repository: { id: 1, name: 'repo', full_name: 'octo/repo', owner: { login: 'octo' } },
    sender: { id: 7, login: 'maintainer', type: 'User' },
    ...extra,
  };
}

function plansOf(reading: HintReading): string | readonly PlanHint[] {
  if (reading.kind === 'hints') return reading.hints[0]!.plans;
  return reading.kind === 'sweep' ? 'sweep' : reading.because;
}

const own = { sender: { id: 4242, login: 'espalier[bot]', type: 'Bot' } };
const suite = { head_sha: SHA, head_branch: 'feature', pull_requests: [] };

describe('an event', () => {
  it.each<[string, string, Record<string, unknown>, 'all' | PlanHint[]]>([
    ['of an issue', 'issues', { issue: { number: 5 } }, [{ issue: 5 }]],
    ['of a comment on an issue', 'issue_comment', { issue: { number: 5 } }, [{ issue: 5 }]],
    ['of a comment on a pull request', 'issue_comment', { issue: { number: 6, pull_request: {} } }, [{ pull: 6 }]],
    [
      'of a pull request',
      'pull_request',
      { pull_request: { number: 6, head: { ref: 'feature', repo: { id: 1 } } } },
      [{ pull: 6 }, { branch: 'feature' }],
    ],
    [
      'of a pull request from a fork, whose branch is none of ours',
      'pull_request',
      { pull_request: { number: 6, head: { ref: 'espalier/issue-5/auth', repo: { id: 2 } } } },
      [{ pull: 6 }],
    ],
    [
      'of a pull request whose fork is gone',
      'pull_request',
      { pull_request: { number: 6, head: { ref: 'espalier/issue-5/auth', repo: null } } },
      [{ pull: 6 }],
    ],
    [
      'of a pull request on a branch of ours, which names the plan',
      'pull_request_review',
      { pull_request: { number: 6, head: { ref: 'espalier/issue-5/auth', repo: { id: 1 } } } },
      [{ issue: 5 }],
    ],
    [
      'of a check run',
      'check_run',
      { check_run: { head_sha: SHA, check_suite: suite, pull_requests: [{ number: 6, base: { repo: { id: 1 } } }] } },
      [{ sha: SHA }, { branch: 'feature' }, { pull: 6 }],
    ],
    [
      'of a check suite, but not the pull requests that it has elsewhere',
      'check_suite',
      { check_suite: { ...suite, pull_requests: [{ number: 6, base: { repo: { id: 2 } } }] } },
      [{ sha: SHA }, { branch: 'feature' }],
    ],
    [
      'of a check suite on a branch of ours',
      'check_suite',
      { check_suite: { ...suite, head_branch: 'espalier/issue-5/auth.2' } },
      [{ issue: 5 }],
    ],
    [
      'of a run that we dispatched',
      'workflow_run',
      {
        workflow_run: { id: 9, event: 'workflow_dispatch', display_title: 'espalier issue-5 issue-5.3', head_sha: SHA },
      },
      [{ issue: 5 }],
    ],
    [
      'of a run that somebody else dispatched',
      'workflow_run',
      { workflow_run: { id: 9, event: 'workflow_dispatch', display_title: 'Deploy', head_sha: SHA } },
      [{ run: 9 }, { runName: 'Deploy' }],
    ],
    [
      'of any other run',
      'workflow_run',
      { workflow_run: { id: 9, event: 'push', display_title: 'espalier issue-5 issue-5.3', head_sha: SHA } },
      [{ run: 9 }, { sha: SHA }],
    ],
    [
      'of a run on a branch of ours',
      'workflow_run',
      {
        workflow_run: {
          id: 9,
          event: 'pull_request',
          head_sha: SHA,
          head_branch: 'espalier/issue-5/auth',
          head_repository: { id: 1 },
        },
      },
      [{ issue: 5 }],
    ],
    [
      'of a run of a fork, whose branch is none of ours',
      'workflow_run',
      {
        workflow_run: {
          id: 9,
          event: 'pull_request',
          head_sha: SHA,
          head_branch: 'espalier/issue-5/auth',
          head_repository: { id: 2 },
        },
      },
      [{ run: 9 }, { sha: SHA }],
    ],
    ['of a job', 'workflow_job', { workflow_job: { id: 1, run_id: 9 } }, [{ run: 9 }]],
    [
      'of a merge group',
      'merge_group',
      { merge_group: { base_ref: 'refs/heads/main', head_sha: SHA } },
      [{ base: 'main' }, { sha: SHA }],
    ],
    ['of a push', 'push', { ref: 'refs/heads/feature/x' }, [{ branch: 'feature/x' }, { base: 'feature/x' }]],
    ['of a receipt', 'push', { ref: 'refs/heads/espalier-staging/issue-5/receipt/auth.1.2' }, [{ issue: 5 }]],
    ['of a repository', 'repository', { action: 'renamed' }, 'all'],
  ])('%s says where to look', (_case, event, extra, plans) => {
    expect(readHint(event, frame(extra), SELF)).toEqual({
      kind: 'hints',
      hints: [{ repository: { id: 1, owner: 'octo', name: 'repo' }, installationId: 10, plans }],
    });
  });

  it('that a workflow is started by names no installation, and is taken for that of the token', () => {
    const payload = frame({ installation: undefined, issue: { number: 5 } });
    expect(readHint('issues', payload, { ...SELF, installationId: 0 })).toMatchObject({
      hints: [{ installationId: 0, plans: [{ issue: 5 }] }],
    });
  });

  it('that names more than a hundred ways to look says to look at all', () => {
    const pulls = Array.from({ length: 101 }, (_, at) => ({ number: at + 1, base: { repo: { id: 1 } } }));
    expect(plansOf(readHint('check_run', frame({ check_run: { pull_requests: pulls } }), SELF))).toBe('all');
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ['that is none of our business', 'star', {}, 'irrelevant'],
    ['that is named like an inherited key', 'constructor', {}, 'irrelevant'],
    ['of a tag', 'push', { ref: 'refs/tags/v1' }, 'irrelevant'],
    ['without an installation', 'issues', { installation: undefined, issue: { number: 5 } }, 'no-installation'],
    ['without a repository', 'issues', { repository: undefined, issue: { number: 5 } }, 'no-repository'],
    [
      'whose repository has a name that GitHub does not give',
      'issues',
      { repository: { id: 1, full_name: 'octo/../x' }, issue: { number: 5 } },
      'no-repository',
    ],
    ['whose repository is called ..', 'issues', { repository: { id: 1, full_name: 'octo/..' } }, 'no-repository'],
    ['whose issue has no number', 'issues', { issue: { number: '5' } }, 'irrelevant'],
    ['whose issue has a number that is none', 'issues', { issue: { number: -5 } }, 'irrelevant'],
    ['whose branch has a space', 'push', { ref: 'refs/heads/a b' }, 'irrelevant'],
    ['whose branch has a hidden character', 'push', { ref: 'refs/heads/a\u202eb' }, 'irrelevant'],
    ['whose branch is endless', 'push', { ref: `refs/heads/${'a'.repeat(300)}` }, 'irrelevant'],
    [
      'that a push opens a suite for us with',
      'check_suite',
      { action: 'requested', check_suite: { head_branch: 'espalier-ledger/issue-5', head_sha: SHA } },
      'irrelevant',
    ],
    ['whose sha is none', 'merge_group', { merge_group: { head_sha: '--upload-pack=x' } }, 'irrelevant'],
  ])('%s is ignored', (_case, event, extra, because) => {
    expect(readHint(event, frame(extra), SELF)).toEqual({ kind: 'ignored', because });
  });
});

describe('an installation', () => {
  const repositories = [
    { id: 1, name: 'a', full_name: 'octo/a' },
    { id: 2, name: 'b', full_name: 'octo/b' },
  ];

  it.each([
    ['installation', 'repositories', 'created'],
    ['installation_repositories', 'repositories_added', 'added'],
  ])('event %s says to look at all of its %s', (event, list, action) => {
    expect(readHint(event, { action, installation: { id: 10 }, [list]: repositories }, SELF)).toEqual({
      kind: 'hints',
      hints: [
        { repository: { id: 1, owner: 'octo', name: 'a' }, installationId: 10, plans: 'all' },
        { repository: { id: 2, owner: 'octo', name: 'b' }, installationId: 10, plans: 'all' },
      ],
    });
  });

  it.each([
    ['names no repository', 'unsuspend', undefined],
    [
      'brings very many repositories',
      'created',
      Array.from({ length: 51 }, (_, at) => ({ id: at + 1, full_name: `octo/r${at}` })),
    ],
  ])('event that %s says to look at everything', (_case, action, list) => {
    expect(readHint('installation', { action, installation: { id: 10 }, repositories: list }, SELF)).toEqual({
      kind: 'sweep',
    });
  });

  it.each(['deleted', 'suspend'])('event %s leaves nothing to look at', (action) => {
    const payload = { action, installation: { id: 10 }, repositories };
    expect(readHint('installation', payload, SELF)).toEqual({ kind: 'ignored', because: 'irrelevant' });
  });
});

describe('what we did ourselves', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['a comment', 'issue_comment', { issue: { number: 5 } }],
    ['a label', 'issues', { action: 'labeled', issue: { number: 5 } }],
    ['a pull request', 'pull_request', { action: 'opened', pull_request: { number: 6 } }],
    ['a head', 'push', { ref: 'refs/heads/espalier/issue-5/auth' }],
    ['a ledger', 'push', { ref: 'refs/heads/espalier-ledger/issue-5' }],
    ['a receipt that we cleared away', 'push', { ref: 'refs/heads/espalier-staging/issue-5/x', deleted: true }],
  ])('is no news: %s', (_case, event, extra) => {
    expect(plansOf(readHint(event, frame({ ...extra, ...own }), SELF))).toBe('own-echo');
    expect(plansOf(readHint(event, frame(extra), SELF))).not.toBe('own-echo');
    expect(plansOf(readHint(event, frame({ ...extra, ...own }), { ...SELF, botUserId: null }))).not.toBe('own-echo');
  });

  it('is no news: a check run of ours, whoever is named for it, unless a person asks something of it', () => {
    const check_run = { head_sha: SHA, app: { id: 42 } };
    expect(plansOf(readHint('check_run', frame({ action: 'completed', check_run }), SELF))).toBe('own-echo');
    for (const action of ['requested_action', 'rerequested'])
      expect(plansOf(readHint('check_run', frame({ action, check_run }), SELF))).toEqual([{ sha: SHA }]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['our run ends', 'workflow_run', { workflow_run: { id: 9, event: 'workflow_dispatch' } }],
    ['a job of our run ends', 'workflow_job', { workflow_job: { run_id: 9 } }],
    ['a test of our head ends', 'check_run', { action: 'completed', check_run: { head_sha: SHA, app: { id: 15368 } } }],
    ['our pull request leaves the queue', 'pull_request', { action: 'dequeued', pull_request: { number: 6 } }],
    ['the base moves by our landing', 'push', { ref: 'refs/heads/main' }],
    ['a receipt comes', 'push', { ref: 'refs/heads/espalier-staging/issue-5/receipt/auth.1.2' }],
    ['the merge queue asks', 'merge_group', { merge_group: { head_sha: SHA } }],
  ])('does not hide that %s', (_case, event, extra) => {
    expect(readHint(event, frame({ ...extra, ...own }), SELF).kind).toBe('hints');
  });

  it('is told by the id of the account, never by its name', () => {
    const sender = { id: 666, login: 'espalier[bot]', type: 'Bot' };
    expect(plansOf(readHint('issues', frame({ issue: { number: 5 }, sender }), SELF))).toEqual([{ issue: 5 }]);
  });
});

describe('any payload', () => {
  const events = [...HINT_EVENTS, 'installation', 'installation_repositories', 'ping', ''];

  it('is read without an error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.anything(), (event, payload) => {
        expect(['hints', 'sweep', 'ignored']).toContain(readHint(event, payload, SELF).kind);
      }),
    );
  });

  it('of the right outline but with anything in it gives only checked identities', () => {
    const anything = fc.oneof(fc.anything(), fc.string(), fc.integer());
    const inner = fc.dictionary(
      fc.constantFrom('number', 'id', 'run_id', 'head_sha', 'head_branch', 'ref', 'base_ref', 'head', 'event', 'repo'),
      anything,
    );
    const payload = fc.record({
      repository: fc.constant({ id: 1, full_name: 'octo/repo' }),
      installation: fc.constant({ id: 10 }),
      ...Object.fromEntries(
        ['issue', 'pull_request', 'check_run', 'check_suite', 'workflow_run', 'workflow_job', 'merge_group'].map(
          (name) => [name, inner],
        ),
      ),
      ref: fc.string().map((name) => `refs/heads/${name}`),
    });
    fc.assert(
      fc.property(fc.constantFrom(...HINT_EVENTS), payload, (event, given) => {
        const plans = plansOf(readHint(event, given, SELF));
        for (const plan of Array.isArray(plans) ? (plans as PlanHint[]) : [])
          for (const value of Object.values(plan) as unknown[])
            expect(typeof value === 'number' ? value : String(value)).toSatisfy((one: number | string) =>
              typeof one === 'number' ? Number.isSafeInteger(one) && one > 0 : /^[\x20-\x7e]{1,255}$/.test(one),
            );
      }),
    );
  });

  const examples = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
  ) as { name: string; examples: Record<string, unknown>[] }[];

  it.each(examples.map(({ name, examples: payloads }) => ({ name, payloads })))(
    'of GitHub’s own examples for $name is read without an error',
    ({ name, payloads }) => {
      const readings = payloads.map((payload) => readHint(name, { installation: { id: 1 }, ...payload }, SELF));
      const isOurs = HINT_EVENTS.includes(name) || name.startsWith('installation');
      expect(readings.some(({ kind }) => kind !== 'ignored')).toBe(isOurs);
    },
  );
});
