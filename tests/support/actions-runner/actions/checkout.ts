/** `actions/checkout`: fetches a commit over HTTP with the token that it is given. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { readSwitch, type ActionCall, type BuiltInAction } from './action-call.ts';

const run = promisify(execFile);

/** See the documentation of the action; submodules, LFS and SSH are not here. */
export const checkout: BuiltInAction = {
  inputs: {
    repository: '',
    ref: '',
    token: '',
    path: '.',
    'persist-credentials': 'true',
    clean: 'true',
    'fetch-depth': '1',
    'fetch-tags': 'false',
    'show-progress': 'true',
    'set-safe-directory': 'true',
    'sparse-checkout': '',
    'sparse-checkout-cone-mode': 'true',
    filter: '',
  },
  async run(call) {
    const { inputs, world } = call;
    const own = `${call.repository.owner}/${call.repository.name}`;
    const repository = inputs['repository'] === '' ? own : (inputs['repository'] ?? own);
    const target = path.resolve(call.workspace, inputs['path'] ?? '.');
    if (path.relative(call.workspace, target).startsWith('..'))
      throw new Error(`Repository path '${target}' is not under '${call.workspace}'`);
    const token = inputs['token'] === '' ? call.token : (inputs['token'] ?? '');
    const wanted = inputs['ref'] === '' ? (repository === own ? call.sha : 'HEAD') : (inputs['ref'] ?? '');
    await mkdir(target, { recursive: true });
    const git = (args: readonly string[], withToken = false): Promise<string> =>
      runGit(target, args, withToken ? { url: world.urls.web, token } : null);
    await git(['init', '--quiet', '--initial-branch=main', target]);
    await git(['remote', 'add', 'origin', `${world.urls.web}/${repository}`]);
    const depth = Number(inputs['fetch-depth']);
    const range =
      depth > 0 ? [`--depth=${depth}`, 'origin', wanted] : ['origin', '+refs/heads/*:refs/remotes/origin/*'];
    await git(['fetch', '--no-tags', '--quiet', ...range], true);
    if (depth === 0) await git(['fetch', '--no-tags', '--quiet', 'origin', wanted], true);
    if (inputs['sparse-checkout'] !== '') await git(['sparse-checkout', 'set', ...readPatterns(call)]);
    await git(['checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD']);
    if (readSwitch(call, 'persist-credentials')) await keepToken(call, git, token);
    call.setOutput('ref', wanted);
    call.setOutput('commit', (await git(['rev-parse', 'HEAD'])).trim());
  },
};

function readPatterns(call: ActionCall): string[] {
  const isCone = readSwitch(call, 'sparse-checkout-cone-mode');
  const patterns = (call.inputs['sparse-checkout'] ?? '').split('\n').filter((line) => line.trim() !== '');
  return [isCone ? '--cone' : '--no-cone', ...patterns];
}

/** The token stays in the configuration of the checkout until the job is over: whoever reads the folder has it. */
async function keepToken(
  call: ActionCall,
  git: (args: readonly string[]) => Promise<string>,
  token: string,
): Promise<void> {
  const key = `http.${call.world.urls.web}/.extraheader`;
  await git(['config', '--local', key, headerOf(token)]);
  call.afterJob(async () => void (await git(['config', '--local', '--unset-all', key])));
}

function headerOf(token: string): string {
  return `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
}

async function runGit(
  folder: string,
  args: readonly string[],
  login: { url: string; token: string } | null,
): Promise<string> {
  const secret =
    login === null
      ? {}
      : {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `http.${login.url}/.extraheader`,
          GIT_CONFIG_VALUE_0: headerOf(login.token),
        };
  const { stdout } = await run('git', ['-C', folder, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...secret,
    },
  });
  return stdout;
}
