/** Puts the demo's repository, plan and programs into a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { composeGitEnv } from '../../../adapters/git/env.ts';
import { runGitOrFail } from '../../../adapters/git/run-git.ts';
import type { Environment } from '../../../adapters/terminal/terminal.ts';
import { renderDemoPlan } from './demo-plan.ts';
import { DEMO_AGENT, DEMO_REVIEWER } from './demo-programs.ts';
import { DEMO_FILES } from './demo-repository.ts';
import { DEMO_SCRIPT } from './demo-script.ts';

/** Where everything of a demo is. Absolute paths. */
export interface DemoPlaces {
  repository: string;
  /** The folder with the scripted agent and reviewer. */
  programs: string;
  plan: string;
}

/** Makes a demo in `folder`, which must be there. `node` is the absolute path of the Node binary, `nodeMajor` its version. */
export async function makeDemo(
  folder: string,
  options: { node: string; nodeMajor: number; env: Environment; pauseMs: number },
): Promise<DemoPlaces> {
  const places = {
    repository: path.join(folder, 'margin-notes'),
    programs: path.join(folder, 'programs'),
    plan: path.join(folder, 'plan.yml'),
  };
  const [agent, reviewer] = ['agent.mjs', 'reviewer.mjs'].map((name) => path.join(places.programs, name));
  await writeFiles(places.programs, {
    'agent.mjs': DEMO_AGENT,
    'reviewer.mjs': DEMO_REVIEWER,
    'script.json': `${JSON.stringify({ pauseMs: options.pauseMs, rounds: DEMO_SCRIPT }, null, 2)}\n`,
  });
  const hasTestIsolation = options.nodeMajor >= 24;
  const plan = renderDemoPlan({ node: options.node, hasTestIsolation, agent: agent ?? '', reviewer: reviewer ?? '' });
  await writeFile(places.plan, plan);
  await writeFiles(places.repository, DEMO_FILES);
  await commitAll(places.repository, options.env);
  return places;
}

async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** One commit on `main`, made without the person's own git settings (hooks, signing, templates). */
async function commitAll(repository: string, env: Environment): Promise<void> {
  const git = async (...args: string[]): Promise<void> => {
    await runGitOrFail(`making the demo's repository (git ${args[0] ?? ''})`, {
      args,
      env: composeGitEnv({
        caller: env,
        scope: 'none',
        settings: [
          ['user.name', 'Espalier demo'],
          ['user.email', 'demo@localhost'],
        ],
      }),
      cwd: repository,
    });
  };
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=A small library for notes');
}
