import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ACTION_INPUTS, type InputName, readActionInputs } from '../../../src/entrypoints/action/inputs.ts';
import { readRunnerFacts } from '../../../src/entrypoints/action/runner-facts.ts';

const SHA = 'a'.repeat(40);
const DIGEST = 'b'.repeat(64);
const LEG = { task: 'api', attempt: 1, generation: 3, mode: 'full', head: null, runs_on: ['ubuntu-latest'] };

const LEG_INPUTS: Partial<Record<InputName, string>> = {
  token: 'ghs_token',
  plan: 'issue-7',
  leg: JSON.stringify(LEG),
  nonce: 'issue-7.3',
  ledger: SHA,
};

/** As the runner hands them on: with defaults, and `''` for what nobody said. */
function read(said: Partial<Record<InputName, string>>) {
  return readActionInputs((name) => {
    const input = ACTION_INPUTS[name];
    return said[name] ?? ('default' in input ? input.default : '');
  });
}

describe('the inputs of the Action', () => {
  it('are read for each mode', () => {
    const common = { token: 'ghs_token', plan: 'issue-7', leg: LEG, nonce: 'issue-7.3', ledger: SHA };
    expect(read({ mode: 'route', token: 't' })).toEqual({ kind: 'read', inputs: { mode: 'route', token: 't' } });
    expect(read({ mode: 'work', ...LEG_INPUTS })).toEqual({ kind: 'read', inputs: { mode: 'work', ...common } });
    expect(
      read({ mode: 'verify', ...LEG_INPUTS, pack: 'x/p', 'pack-sha256': DIGEST, work: 'x/w', 'work-sha256': '' }),
    ).toEqual({
      kind: 'read',
      inputs: { mode: 'verify', ...common, pack: { path: 'x/p', sha256: DIGEST }, work: null },
    });
    expect(
      read({
        mode: 'publish',
        ...LEG_INPUTS,
        evidence: 'e',
        'evidence-sha256': DIGEST,
        'evidence-from': 'work',
        notify: 'espalier.yml',
      }),
    ).toEqual({
      kind: 'read',
      inputs: {
        mode: 'publish',
        ...common,
        evidence: { path: 'e', sha256: DIGEST },
        evidenceFrom: 'work',
        pack: null,
        work: null,
        notify: 'espalier.yml',
      },
    });
    expect(read({ mode: 'cleanup', token: 't', 'dry-run': 'false' })).toEqual({
      kind: 'read',
      inputs: { mode: 'cleanup', token: 't', isDryRun: false },
    });
  });

  it('are refused with all problems at once', () => {
    const reading = read({
      mode: 'publish',
      token: 'a b',
      plan: '../x',
      leg: '{',
      nonce: '$(x)',
      ledger: 'main',
      'evidence-from': 'me',
      notify: '../evil.yml',
      'pack-sha256': 'zz',
    });
    expect(reading.kind === 'problems' ? reading.problems.map((problem) => problem.split("'")[1]) : []).toEqual([
      'token',
      'plan',
      'leg',
      'nonce',
      'ledger',
      'pack-sha256',
      'evidence-from',
      'notify',
    ]);
  });

  it.each([
    ['an unknown mode', { mode: 'deploy' }, /'mode' is none of route, reconcile/],
    ['no mode', {}, /'mode' is none of/],
    [
      'a digest without its file',
      { mode: 'verify', ...LEG_INPUTS, 'pack-sha256': DIGEST },
      /'pack' is missing, though/,
    ],
    ['no evidence to publish', { mode: 'publish', ...LEG_INPUTS }, /'evidence' is missing/],
    ['a dry run that is neither', { mode: 'cleanup', token: 't', 'dry-run': 'yes' }, /'dry-run' is neither/],
    ['a leg of another shape', { mode: 'work', ...LEG_INPUTS, leg: '{"task":"api"}' }, /'leg' cannot be read/],
    ['no token', { mode: 'route', token: '' }, /'token' is missing/],
  ])('are refused with %s', (_name, said, problem) => {
    const reading = read(said);
    expect(reading.kind === 'problems' ? reading.problems.join(' ') : '').toMatch(problem);
  });

  it('never show the token, whatever else is wrong', () => {
    const reading = read({ mode: 'work', ...LEG_INPUTS, token: 'very secret token', plan: '' });
    expect(JSON.stringify(reading)).not.toContain('very secret');
  });

  it('are read or refused, and never throw, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('work', 'verify', 'publish', 'x'),
        fc.array(fc.string(), { minLength: 14, maxLength: 14 }),
        (mode, texts) => {
          const names = Object.keys(ACTION_INPUTS).slice(1) as InputName[];
          const said = Object.fromEntries(names.map((name, at) => [name, texts[at] ?? '']));
          expect(['read', 'problems']).toContain(
            readActionInputs((name) => (name === 'mode' ? mode : (said[name] ?? ''))).kind,
          );
        },
      ),
    );
  });
});

describe('the facts of the runner', () => {
  const ENV = {
    GITHUB_REPOSITORY: 'acme/widgets',
    GITHUB_RUN_ID: '9999999999',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_REF_NAME: 'main',
    GITHUB_SERVER_URL: 'https://github.example/',
    RUNNER_TEMP: '/tmp/runner',
    RUNNER_ENVIRONMENT: 'github-hosted',
  };

  it('are read', () => {
    expect(readRunnerFacts(ENV)).toMatchObject({
      kind: 'read',
      facts: {
        repository: { owner: 'acme', name: 'widgets' },
        runId: 9_999_999_999,
        runAttempt: 1,
        refName: 'main',
        serverUrl: 'https://github.example',
        apiUrl: 'https://api.github.com',
        runUrl: 'https://github.example/acme/widgets/actions/runs/9999999999',
        isHosted: true,
        eventPath: null,
      },
    });
  });

  it('are refused all at once where the step is not run by a runner', () => {
    const reading = readRunnerFacts({ GITHUB_REPOSITORY: 'acme/../x', GITHUB_RUN_ID: '-1', RUNNER_TEMP: 'temp' });
    expect(reading.kind === 'problems' ? reading.problems : []).toEqual([
      expect.stringMatching(/GITHUB_REPOSITORY is not of the form/),
      expect.stringMatching(/GITHUB_RUN_ID is no positive number/),
      expect.stringMatching(/GITHUB_RUN_ATTEMPT is not set/),
      expect.stringMatching(/GITHUB_EVENT_NAME is not set/),
      expect.stringMatching(/RUNNER_TEMP is no absolute path/),
    ]);
  });
});
