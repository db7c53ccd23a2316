/** What an ordinary user meets, with bubblewrap and with no engine at all. Started by root, who alone can become one. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundleCli, type CliProcessResult, findProcessesOf, runCliProcess } from '../support/cli-process.ts';
import { chooseDepth } from '../support/depth.ts';
import { explainMissing } from '../support/engines.ts';
import { makeTemporaryFolder } from '../support/git-fixture.ts';

const UID = 1000;
/** Hidden, so that a daemon of this machine has no say. */
const CONTAINER_ENGINES = ['/usr/bin/docker', '/usr/bin/podman'];

/** Why these tests cannot run here, or `null`. */
function explainObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'only root can run them as another user. Run the tests as root';
  const words = [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--', process.execPath, '--version'];
  if (spawnSync('setpriv', words, { stdio: 'ignore' }).status !== 0) return `user ${UID} cannot start this Node`;
  const missing = explainMissing('bubblewrap');
  return missing === null ? null : `${missing}. Install it: sudo apt-get install -y bubblewrap`;
}

const obstacle = explainObstacle();
if (obstacle !== null) process.stderr.write(`\nSKIPPED: an ordinary user: ${obstacle}\n`);

const PLAN = `plan: small
defaults: {agent: {command: [sh, agent.sh]}, test: 'test -e agent.sh', review: off}
tasks:
  one: {spec: x, owns: [one.txt]}
  two: {spec: x, owns: [two.txt], needs: [one]}
`;

describe.runIf(obstacle === null)('an ordinary user', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Record<string, string> = {};

  const cli = (args: readonly string[], more: { hidden?: string[]; cwd?: string } = {}) =>
    runCliProcess(path.join(folder.path, 'espalier.mjs'), args, {
      cwd: more.cwd ?? path.join(folder.path, 'home'),
      env,
      uid: UID,
      hidden: [...CONTAINER_ENGINES, ...(more.hidden ?? [])],
      stdin: PLAN,
    });

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    await chmod(folder.path, 0o755);
    await bundleCli(path.join(folder.path, 'espalier.mjs'));
    const home = path.join(folder.path, 'home');
    await mkdir(home);
    env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' };
    const repository = path.join(home, 'repository');
    await mkdir(repository);
    await writeFile(path.join(repository, 'agent.sh'), 'echo "$ESPALIER_TASK" > "$ESPALIER_TASK.txt"\n');
    for (const each of [home, repository, path.join(repository, 'agent.sh')]) await chown(each, UID, UID);
    const git = (...args: string[]): void => {
      const words = [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--', 'git', '-c', 'user.name=A', '-c'];
      const done = spawnSync('setpriv', [...words, 'user.email=a@localhost', ...args], { cwd: repository, env });
      if (done.status !== 0) throw new Error(`git ${args[0]}: ${done.stderr.toString()}`);
    };
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message=Begin');
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  const run = (...words: string[]): Promise<CliProcessResult> =>
    cli(['run', '-', ...words], { cwd: path.join(env['HOME'] ?? '', 'repository') });

  it('is refused what cannot be held to here, with the exact words that accept it, and can say them', async () => {
    const refused = await run('--sandbox', 'auto');
    expect({ code: refused.code, stderr: refused.stderr }).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/No sandbox: .*bubblewrap cannot enforce memory-limit/);
    const waiver = /--waive (\S+)/.exec(refused.stderr)?.[1] ?? '';
    expect(waiver).toBe('memory-limit,cpu-limit');

    const waived = await run('--sandbox', 'auto', '--waive', waiver);
    expect({ code: waived.code, stderr: waived.stderr }).toMatchObject({ code: 0 });
    expect(waived.stderr).toContain('sandbox: bubblewrap');
    expect(waived.stderr).toMatch(/warning: .*memory-limit, cpu-limit/);
    expect(waived.stdout).toMatch(/2 of 2 tasks landed/);
    expect(waived.stdout).toMatch(/sandbox +bubblewrap[^]*not enforced:\s+memory-limit,\s+cpu-limit/);
  });

  const atDepth = { timeout: 120_000, skip: chooseDepth(true, false) };
  it('sees the demo in bubblewrap, with what is waived in plain sight', atDepth, async () => {
    const { code, stdout, stderr } = await cli([
      ...['demo', '--sandbox', 'bubblewrap', '--plain', '--pace', '0.01s', '--dir', 'jailed-demo'],
    ]);
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('sandbox: bubblewrap');
    expect(stderr).toMatch(/warning: .*memory-limit, cpu-limit/);
    expect(stdout).toContain('7 of 8 tasks landed');
    expect(await findProcessesOf(folder.path)).toEqual([]);
  });

  it('sees the demo without any engine, and is told how to install one', { timeout: 120_000 }, async () => {
    const options = { hidden: ['/usr/bin/bwrap'] };
    const { code, stdout, stderr } = await cli(['demo', '--plain', '--pace', '0.01s', '--dir', 'bare-demo'], options);
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('NO SANDBOX');
    expect(stderr).toContain('Install one: sudo apt-get install -y bubblewrap');
    expect(stdout).toContain('7 of 8 tasks landed');
    expect(stdout).toMatch(/sandbox +none/);
    expect(await findProcessesOf(folder.path)).toEqual([]);
    expect(await readFile(path.join(env['HOME'] ?? '', 'bare-demo', 'plan.yml'), 'utf8')).toContain('eight-agents');
  });
});
