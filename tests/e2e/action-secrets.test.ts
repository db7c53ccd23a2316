/** What an agent finds in the sandbox of a job, and what the job that can write executes of a change. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { chooseDepth } from '../support/depth.ts';
import { findStoryFlaws, listTexts, writePlan } from '../support/action-story.ts';
import { type ActionWorld, openActionWorld } from '../support/action-world.ts';
import { describeEngine, type EngineFixture } from '../support/engines.ts';
import { canTrace, findForeignPrograms, readExecutions, traceCommand } from '../support/exec-trace.ts';
import type { Issue } from '../support/github/state.ts';
import {
  BAIT_PATH,
  COMMAND_WORD,
  digestWord,
  Findings,
  foundPath,
  wordsOfSecret,
  writeBait,
  writeSnoopingAgent,
} from '../support/snooping-agent.ts';

const SECRETS = {
  MODEL_KEY: 'sk-model-0f9d2b7c41a8e65d',
  ESPALIER_REVIEWER_KEY: 'sk-reviewer-71c0aa93d5be2846',
  ESPALIER_PRIVATE_KEY: 'private-key-5be28a4671c0aa93',
  DEPLOY_TOKEN: 'deploy-93d5be284671c0aa',
};

/** Stands in a file that the agent may read: what is not found would not be noticed without it. */
const CONTROL = 'a-word-that-the-agent-can-find';

/** One agent gets its model's key, since its task names it; the other, played at full depth, runs without any. */
const TASKS: Readonly<Record<string, readonly string[]>> = chooseDepth({ keyed: [] }, { keyed: [], bare: [] });
const PLAN = writePlan(TASKS)
  .replace('final: sh tools/test.sh\n', '')
  .replace('    title: Plant the keyed\n', '    title: Plant the keyed\n    env: [MODEL_KEY]\n');

/** What `publish` may execute beside git's own programs. */
const PROGRAMS = [process.execPath, spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim()];

/** Programs that a shell script executes and `publish` may not, in order; the first is the shell itself. */
function traceScript(script: string, folder: string): string[] {
  const trace = path.join(folder, 'trace');
  const [program = '', ...args] = traceCommand(['sh', '-c', script], trace);
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The script ended with ${status}: ${stderr}`);
  return findForeignPrograms(readExecutions(readFileSync(trace, 'utf8')), { folder, allowed: PROGRAMS });
}

interface Publish {
  trace: string;
  folder: string;
}

/** What the story left: its world, and what was traced. */
interface Played extends AsyncDisposable {
  app: ActionWorld;
  issue: Issue;
  publishes: Publish[];
  callers: string[];
  canaries: string;
}

async function play(fixture: EngineFixture): Promise<Played> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'esp-secrets-'));
  const canaries = mkdtempSync(path.join(os.tmpdir(), 'esp-canaries-'));
  const callers: string[] = [];
  const door = await openDoor(callers);
  const publishes: Publish[] = [];
  const traces = canTrace();
  const app = await openActionWorld({
    keeper: 'github-token',
    keyName: 'MODEL_KEY',
    secrets: SECRETS,
    machineEnv: { DOCKER_HOST: fixture.env['DOCKER_HOST'] ?? '' },
    files: {
      'tools/snoop.mjs': writeSnoopingAgent(door.addresses),
      'tools/agent.sh': 'set -eu\nnode tools/snoop.mjs\nsh tools/bait.sh\n',
      'tools/bait.sh': writeBait(canaries),
      'tools/test.sh': `#!/bin/sh\ntest -x bait.sh\n`,
      'list.txt': `${CONTROL}\n`,
      '.github/espalier.yml': `defaults:
  agent: "command: sh tools/agent.sh"
  test: "sh tools/test.sh"
  review: off
  retries: 0
`,
    },
    runner: {
      wrapCommand: (command, facts) => {
        if (!traces || facts.step !== 'Publish') return command;
        const trace = path.join(folder, `trace-${publishes.length}`);
        publishes.push({ trace, folder: facts.folder });
        return traceCommand(command, trace);
      },
    },
  });
  const issue = await app.openPlan('Look around', PLAN);
  await app.say(issue, '/espalier run');
  await app.until(() => issue.state === 'closed', 'The end of the plan', 500_000);
  return {
    app,
    issue,
    publishes,
    callers,
    canaries,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      door.server.close();
      for (const each of [folder, canaries]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** A service on every address of the host; who reaches it stands in `callers`. */
async function openDoor(callers: string[]): Promise<{ server: Server; addresses: string[] }> {
  const server = createServer((socket) => {
    callers.push(String(socket.remoteAddress));
    socket.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const hosts = Object.values(os.networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address));
  return { server, addresses: hosts.filter((host) => host.includes('.')).map((host) => `${host}:${port}`) };
}

describeEngine('docker', 'an agent that looks for credentials and lays bait', (fixture) => {
  const rooms = new AsyncDisposableStack();
  let played: Played;

  beforeAll(async () => {
    played = rooms.use(await play(fixture()));
  }, 600_000);
  afterAll(async () => {
    await rooms.disposeAsync();
  }, 60_000);

  async function findingsOf(task: string): Promise<Findings> {
    const { world, repository } = played.app;
    const text = await world.git.run(repository.gitDir, ['show', `main:${foundPath(task)}`]);
    return Findings.parse(JSON.parse(text.toString('utf8')));
  }

  it('has its change landed all the same, and changes nothing by what it prints', async () => {
    const { app, issue } = played;
    expect(await findStoryFlaws(app, issue, TASKS)).toEqual([]);
    expect(app.runner.takeProblems()).toEqual([]);
    const told = app.runner.logs.flatMap(({ lines }) => lines).filter((line) => line.includes(COMMAND_WORD));
    expect(told.filter((line) => /^\s*(?:::|##\[)/u.test(line))).toEqual([]);
  });

  it.each(Object.keys(TASKS))('finds no credential but the key that its task names: %s', async (task) => {
    const { words, filesRead, environmentsRead } = await findingsOf(task);
    const found = new Set(words);
    const isFound = (secret: string): boolean => wordsOfSecret(secret).some((word) => found.has(digestWord(word)));
    expect({ filesRead: filesRead > 5, environmentsRead: environmentsRead > 1 }).toEqual({
      filesRead: true,
      environmentsRead: true,
    });
    expect(isFound(CONTROL)).toBe(true);
    expect(isFound(SECRETS.MODEL_KEY)).toBe(task === 'keyed');
    const others = Object.entries(SECRETS).filter(([name]) => name !== 'MODEL_KEY');
    expect(others.filter(([, secret]) => isFound(secret))).toEqual([]);
    const { credentials } = played.app.runner;
    expect(credentials.length).toBeGreaterThan(5);
    expect(credentials.filter(isFound)).toEqual([]);
  });

  it.each(Object.keys(TASKS))('finds no file of the runner and no door out of the sandbox: %s', async (task) => {
    expect(await findingsOf(task)).toMatchObject({ runnerPlaces: [], doors: [] });
    expect(played.callers).toEqual([]);
  });

  it('leaves no credential in anything that can be read afterwards', async () => {
    const texts = await listTexts(played.app);
    const secrets = [...Object.values(SECRETS), ...played.app.runner.credentials].flatMap(wordsOfSecret);
    const leaks = texts.flatMap(({ where, text }) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}`),
    );
    expect(texts.length).toBeGreaterThan(20);
    expect(leaks).toEqual([]);
  });

  it('has none of its files run outside of a sandbox, in no job', () => {
    expect(readdirSync(played.canaries)).toEqual([]);
  });

  it('has publish execute git and the Action alone', (context) => {
    const { publishes } = played;
    if (publishes.length === 0) context.skip();
    // One for each task, and one where a landing was tried first.
    expect(publishes.length).toBeGreaterThanOrEqual(Object.keys(TASKS).length);
    for (const { trace, folder } of publishes) {
      const programs = readExecutions(readFileSync(trace, 'utf8'));
      expect(programs.length).toBeGreaterThan(5);
      expect(findForeignPrograms(programs, { folder, allowed: PROGRAMS })).toEqual([]);
    }
  });

  it('would have shown it if publish had run a file of the change', (context) => {
    if (played.publishes.length === 0) context.skip();
    const packs = [...played.app.repository.artifacts.values()].filter(({ name }) => name === 'espalier-keyed.1-pack');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'esp-traced-'));
    try {
      writeFileSync(path.join(folder, 'pack'), packs[0]?.bytes ?? '');
      const unpack = 'git init -q && tail -n +2 pack | git unpack-objects -q';
      const extract = `git cat-file blob "$(head -n 1 pack):${BAIT_PATH}" > bait && chmod 755 bait`;
      const foreign = traceScript(`cd '${folder}' && ${unpack} && ${extract} && ./bait`, folder);
      expect(foreign).toContain('./bait');
      expect(readdirSync(played.canaries)).toEqual([BAIT_PATH]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the agent that looks for credentials', () => {
  it('finds all of that where no sandbox keeps it from it', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'esp-snoop-'));
    const door = await openDoor([]);
    try {
      const commands = path.join(folder, '_temp', '_runner_file_commands');
      mkdirSync(commands, { recursive: true });
      const header = Buffer.from(`x-access-token:${SECRETS.DEPLOY_TOKEN}`).toString('base64');
      writeFileSync(path.join(folder, 'gitconfig'), `extraheader = AUTHORIZATION: basic ${header}\n`);
      writeFileSync(path.join(folder, 'snoop.mjs'), writeSnoopingAgent(door.addresses, []));
      const env = { ESPALIER_TASK: 'free', GITHUB_OUTPUT: '/nowhere', INPUT_TOKEN: SECRETS.ESPALIER_PRIVATE_KEY };
      expect(spawnSync(process.execPath, ['snoop.mjs'], { cwd: folder, env }).status).toBe(0);
      const found = Findings.parse(JSON.parse(readFileSync(path.join(folder, foundPath('free')), 'utf8')));
      for (const secret of [SECRETS.DEPLOY_TOKEN, SECRETS.ESPALIER_PRIVATE_KEY])
        expect(wordsOfSecret(secret).filter((word) => found.words.includes(digestWord(word)))).not.toEqual([]);
      expect(found.runnerPlaces).toEqual(expect.arrayContaining([commands, 'the variable GITHUB_OUTPUT']));
      expect(found.doors).toEqual(expect.arrayContaining(door.addresses));
    } finally {
      door.server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.runIf(canTrace())('a trace of what publish executes', () => {
  it.each([
    ['by its path', (file: string) => `${file}; true`],
    ['by a relative path', (file: string) => `cd '${path.dirname(file)}' && ./${path.basename(file)}; true`],
    ['by git', (file: string) => `git -c alias.bait='!${file}' bait; true`],
    ['by a shell', (file: string) => `sh ${file}; true`],
  ])('shows a file that is run %s', (_name, write) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'esp-traced-'));
    try {
      const file = path.join(folder, BAIT_PATH);
      writeFileSync(file, '#!/bin/sh\ntrue\n', { mode: 0o755 });
      // The first one is the shell that begins.
      expect(traceScript(write(file), folder).slice(1)).not.toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
