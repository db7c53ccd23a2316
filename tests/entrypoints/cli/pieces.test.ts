/** Decisions of the command line that are worth a test of their own. */
import { describe, expect, it } from 'vitest';

import { emptyConfig } from '../../../src/core/config/config.ts';
import { rowText } from '../../../src/core/report/spans.ts';
import type { AttemptKey } from '../../../src/ports/evidence-store.ts';
import { demandSandbox, type RunSandbox, type tryOpenSandbox } from '../../../src/entrypoints/cli/open-run-sandbox.ts';
import { openOperatorLog } from '../../../src/entrypoints/cli/operator-log.ts';
import { labelText, openSession } from '../../../src/entrypoints/cli/session.ts';
import { openDemoSandbox } from '../../../src/entrypoints/cli/show-demo.ts';
import { chooseKeys } from '../../../src/entrypoints/cli/show-logs.ts';
import { aPlan } from '../../support/builders.ts';

describe('chooseKeys', () => {
  const key = (attempt: number, generation: number): AttemptKey =>
    ({ plan: 'p', task: 't', attempt, generation }) as AttemptKey;

  it('takes all dispatches of the last attempt in order, or of the one that is asked for', () => {
    const keys = [key(2, 9), key(1, 1), key(2, 4)];
    expect(chooseKeys(keys, undefined)).toEqual([key(2, 4), key(2, 9)]);
    expect(chooseKeys(keys, 1)).toEqual([key(1, 1)]);
    expect(chooseKeys(keys, 7)).toEqual([]);
    expect(chooseKeys([], undefined)).toEqual([]);
  });
});

describe('the log', () => {
  it.each([
    { isDebug: false, wanted: ['warning: A branch moved (task docs, tries 3)'] },
    {
      isDebug: true,
      wanted: [
        '{"at":"1970-01-01T00:00:00.000Z","level":"debug","message":"Looked again"}',
        '{"at":"1970-01-01T00:00:00.000Z","level":"warn","message":"A branch moved","task":"docs","tries":3}',
      ],
    },
  ])('is for a person, or JSON and complete for an operator ($isDebug)', ({ isDebug, wanted }) => {
    const lines: string[] = [];
    const log = openOperatorLog({ isDebug, write: (text) => lines.push(text), now: () => 0 });
    log.debug('Looked again');
    log.warn('A branch moved', { task: 'docs', tries: 3 });
    expect(lines).toEqual(wanted);
  });
});

describe('demandSandbox', () => {
  const config = {
    ...emptyConfig(),
    sandbox: { engine: 'docker', image: 'i', rootfs: '/r', waive: ['seccomp'] },
  } as const;

  it('takes what the configuration says where the command line says nothing', () => {
    expect(demandSandbox({}, { ...config, sandbox: { ...config.sandbox, waive: ['seccomp'] } })).toEqual({
      engine: 'docker',
      image: 'i',
      rootfs: '/r',
      waive: ['seccomp'],
      tools: [],
    });
  });

  it('puts the command line first, and an image there also over a root file system of the configuration', () => {
    const said = { sandbox: 'podman', image: 'j', waive: ['memory-limit', 'seccomp'], tools: ['/t'] } as const;
    expect(demandSandbox(said, { ...config, sandbox: { ...config.sandbox, waive: ['seccomp'] } })).toEqual({
      engine: 'podman',
      image: 'j',
      rootfs: null,
      waive: ['memory-limit', 'seccomp'],
      tools: ['/t'],
    });
  });
});

describe('the sandbox of the demo', () => {
  type Try = typeof tryOpenSandbox;

  async function open(
    asked: 'auto' | 'docker',
    answers: (engine: string, waived: number) => 'opened' | 'refused',
  ): Promise<{ opened: RunSandbox | null; tried: string[]; stderr: string; failure: unknown }> {
    const tried: string[] = [];
    let stderr = '';
    const session = openSession({
      argv: [],
      env: {},
      cwd: '/',
      stdin: process.stdin,
      stdout: { write: () => true },
      stderr: { write: (text) => (stderr += text) !== '' },
      selfCommand: ['espalier'],
      onInterrupt: () => () => {},
      exitNow: () => {},
    });
    const tryOpen: Try = async (_session, _place, demand) => {
      tried.push(`${demand.engine} waiving ${demand.waive.length > 0 ? 'everything' : 'nothing'}`);
      return answers(demand.engine, demand.waive.length) === 'opened'
        ? { kind: 'opened', reason: `${demand.engine} works`, sandbox: {} as RunSandbox['sandbox'] }
        : { kind: 'refused', because: 'nothing is installed', nextStep: 'install something' };
    };
    const place = { plan: aPlan([]), config: emptyConfig(), stateDir: '/s' };
    try {
      const opened = await openDemoSandbox({ sandbox: asked }, '/programs', tryOpen)(session, place);
      return { opened, tried, stderr, failure: null };
    } catch (failure) {
      return { opened: null, tried, stderr, failure };
    }
  }

  it('is bubblewrap where that holds everything, since it starts the fastest', async () => {
    const { opened, tried, stderr } = await open('auto', () => 'opened');
    expect(tried).toEqual(['bubblewrap waiving nothing']);
    expect({ reason: opened?.reason, stderr }).toEqual({
      reason: 'the fastest engine that enforces everything here',
      stderr: '',
    });
  });

  it('is else the strongest, with what is missing waived', async () => {
    const { opened, tried } = await open('auto', (_engine, waived) => (waived > 0 ? 'opened' : 'refused'));
    expect(tried).toEqual(['bubblewrap waiving nothing', 'auto waiving everything']);
    expect(opened?.reason).toBe('auto works');
  });

  it('is none where no engine works, said in plain sight with the command that installs one', async () => {
    const { opened, tried, stderr } = await open('auto', (engine) => (engine === 'none' ? 'opened' : 'refused'));
    expect(tried.at(-1)).toBe('none waiving nothing');
    expect(opened?.reason).toContain('no engine works here');
    expect(stderr).toContain('NO SANDBOX');
    expect(stderr).toContain('sudo apt-get install -y bubblewrap');
  });

  it('is refused where the engine that was asked for by name does not work', async () => {
    const { tried, failure } = await open('docker', (engine) => (engine === 'none' ? 'opened' : 'refused'));
    expect(tried).toEqual(['docker waiving everything']);
    expect(failure).toMatchObject({ name: 'CliError', exit: 'unfit', next: 'install something' });
  });
});

describe('labelText', () => {
  const text = 'words that do not fit beside each other on one line of a narrow terminal';

  it('breaks a text at words on a terminal', () => {
    const rows = labelText({ isTty: true, width: () => 50 }, ['note', 'dim'], [text, 'plain']).map(rowText);
    expect(rows).toEqual(['note: words that do not fit beside each other on', '      one line of a narrow terminal']);
  });

  it('leaves it on one line elsewhere', () => {
    const rows = labelText({ isTty: false, width: () => 50 }, ['note', 'dim'], [text, 'plain']).map(rowText);
    expect(rows).toEqual([`note: ${text}`]);
  });
});
