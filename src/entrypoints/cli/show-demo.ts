/** Does `espalier demo`: makes a repository, runs the plan there as `run` would, and checks what came of it. */
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { composeGitEnv } from '../../adapters/git/env.ts';
import { runGitOrFail } from '../../adapters/git/run-git.ts';
import { quoteWord, showCommand } from '../../core/report/shell-words.ts';
import { line, paragraph, type Row, span } from '../../core/report/spans.ts';
import { glyphsFor } from '../../core/report/task-words.ts';
import { INSTALL_COMMANDS } from '../../core/sandbox/choose-engine.ts';
import { PROPERTIES, type SandboxEngine } from '../../core/sandbox/property.ts';
import { CliError } from './cli-error.ts';
import { checkDemoOutcome } from './demo/demo-outcome.ts';
import { type DemoPlaces, makeDemo } from './demo/make-demo.ts';
import { type ExecutedRun, executeRun } from './execute-run.ts';
import { type SandboxOpener, tryOpenSandbox } from './open-run-sandbox.ts';
import type { Session } from './session.ts';

/** Options of `demo`. */
export interface DemoOptions {
  dir?: string;
  sandbox: 'auto' | SandboxEngine;
  /** Milliseconds. */
  pace: number;
  plain?: true;
}

/** Agents that sleep most of the time need no core each. */
const DEMO_PARALLEL = 4;

/** Runs the demo. */
export async function showDemo(session: Session, options: DemoOptions): Promise<void> {
  const folder = await makeFolder(session, options);
  const places = await makeDemo(folder, {
    node: process.execPath,
    nodeMajor: Number(process.versions.node.split('.', 1)[0]),
    env: session.input.env,
    pauseMs: options.pace,
  });
  session.err.print(introduce(places));
  session.repositoryDir = places.repository;
  const executed = await executeRun(
    session,
    places.plan,
    { review: true, maxParallel: DEMO_PARALLEL, ...(options.plain === true ? { plain: true } : {}) },
    openDemoSandbox(options, places.programs),
  );
  if (executed === null || executed.report.status === 'interrupted') return;
  await conclude(session, places, executed, folder);
}

async function makeFolder(session: Session, options: DemoOptions): Promise<string> {
  if (options.dir === undefined) return realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-demo-')));
  const folder = path.resolve(session.input.cwd, options.dir);
  try {
    await mkdir(folder);
  } catch (error) {
    throw new CliError('usage', `The demo cannot be made in '${folder}': it exists, or cannot be made.`, {
      next: 'name a folder that does not exist yet',
      cause: error,
    });
  }
  return realpath(folder);
}

/**
 * What the machine can do, with what it cannot enforce waived in plain sight, or nothing. Only here, where the agents
 * are scripts of Espalier's own, may that happen without being asked for.
 */
export function openDemoSandbox(
  options: Pick<DemoOptions, 'sandbox'>,
  programs: string,
  tryOpen: typeof tryOpenSandbox = tryOpenSandbox,
): SandboxOpener {
  return async (session, place) => {
    const common = { image: null, rootfs: null, tools: [programs] };
    // It starts the fastest; where it enforces all that 'strict' demands, nothing speaks against it.
    if (options.sandbox === 'auto') {
      const fast = await tryOpen(session, place, { ...common, engine: 'bubblewrap', waive: [] });
      if (fast.kind === 'opened') return { ...fast, reason: 'the fastest engine that enforces everything here' };
    }
    const opened = await tryOpen(session, place, { ...common, engine: options.sandbox, waive: PROPERTIES });
    if (opened.kind === 'opened') return opened;
    if (options.sandbox !== 'auto')
      throw new CliError('unfit', `No sandbox: ${opened.because}.`, { next: opened.nextStep });
    session.err.print([
      line('NO SANDBOX: no engine works on this machine, so the scripted agents run without one.', 'bad'),
      [span('Install one: '), span(INSTALL_COMMANDS.bubblewrap, 'strong')],
    ]);
    session.note(opened.because);
    const none = await tryOpen(session, place, { ...common, engine: 'none', waive: [] });
    if (none.kind === 'opened') return { ...none, reason: 'because no engine works here: nothing is enforced' };
    throw new CliError('unfit', `Not even without a sandbox: ${none.because}.`, { next: none.nextStep });
  };
}

function introduce(places: DemoPlaces): Row[] {
  return [
    line('Eight scripted agents work on a small library. Watch for', 'strong'),
    line('  three that wait for others, and two that share a lock;'),
    line('  one that its review sends back twice;'),
    line('  one that goes outside of its paths and is refused;'),
    line('  two that write the same lines: the second gets the conflict back.'),
    line(`In ${path.dirname(places.repository)}`, 'dim'),
    [],
  ];
}

async function conclude(session: Session, places: DemoPlaces, executed: ExecutedRun, folder: string): Promise<void> {
  const glyphs = glyphsFor(session.out.isUtf8);
  const promises = checkDemoOutcome(executed.ledger);
  const graph = await runGitOrFail('showing the history', {
    args: ['log', '--graph', '--oneline', '--no-decorate', executed.view.target],
    env: composeGitEnv({ caller: session.input.env, scope: 'none' }),
    cwd: places.repository,
  });
  session.out.print([
    [],
    line('What you saw', 'strong'),
    ...promises.map(({ isKept, text }): Row => [
      span(`  ${isKept ? glyphs.rules.passed : glyphs.rules.failed} `, isKept ? 'good' : 'bad'),
      span(text),
    ]),
    [],
    line(showCommand(['git', 'log', '--graph', '--oneline', executed.view.target]), 'strong'),
    ...paragraph(graph.toString('utf8'), { indent: '  ', style: 'plain', maxLines: 60 }),
    [],
    line('Look around', 'strong'),
    ...lookAround(session, places).map((command) => line(`  ${command}`)),
    line(`Remove it all: ${showCommand(['rm', '-rf', folder, executed.stateDir])}`, 'dim'),
  ]);
  session.end(promises.every((each) => each.isKept) ? 'ok' : 'findings');
}

/** Commands to go on with, as they can be pasted. */
function lookAround(session: Session, places: DemoPlaces): string[] {
  const self = showCommand(session.input.selfCommand);
  return [
    showCommand(['cd', places.repository]),
    ...(self === 'espalier' ? [] : [`alias espalier=${quoteWord(self)}`]),
    'espalier status',
    'espalier why docs-agent',
    'espalier certificate backend-agent',
    'espalier logs security-agent',
    showCommand(['espalier', 'check', path.join('..', path.basename(places.plan))]),
  ];
}
