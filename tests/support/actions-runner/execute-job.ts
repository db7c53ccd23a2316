/** One job on a fresh machine: its folders, its token, its steps, and what it leaves. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { actionsInstallation } from '../github/operations/actions-app.ts';
import { TOKEN_LIFETIME_MS } from '../github/auth.ts';
import type { JobResult } from './graph-room.ts';
import { executeStep } from './execute-step.ts';
import { contextsOf, type JobFolders, type JobState, type JobWish } from './job-state.ts';
import { createMasker } from './step-log.ts';
import { fillTexts, fillToken } from './templates.ts';
import { toPermissions } from './token-permissions.ts';

/** Six hours, as on GitHub. */
const DEFAULT_TIMEOUT_MINUTES = 360;
const MINUTE_MS = 60_000;

/** Characters are counted as two bytes. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs all steps of a job. */
export async function executeJob(wish: JobWish): Promise<JobResult> {
  const { machine } = wish.run;
  const { repository, world, tokens } = machine;
  const folders = await makeFolders(machine.folder, repository.name);
  const minted = tokens.mint(actionsInstallation(world, repository), {
    permissions: toPermissions(wish.access),
    repositoryIds: new Set([repository.id]),
  });
  const outOfTime = new AbortController();
  const minutes = Number(fillToken(wish.job.fields.get('timeout-minutes'), wish.contexts) ?? DEFAULT_TIMEOUT_MINUTES);
  const timer = setTimeout(() => outOfTime.abort(), Math.min(minutes * MINUTE_MS, TOKEN_LIFETIME_MS));
  try {
    const state = await prepare(wish, folders, minted.token, outOfTime.signal);
    for (const step of wish.job.steps) await executeStep(state, step);
    for (const clean of state.cleaners.reverse()) await clean();
    return { result: state.status, outputs: readOutputs(state) };
  } finally {
    clearTimeout(timer);
    tokens.revoke(minted.token);
    await rm(folders.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeFolders(parent: string, repositoryName: string): Promise<JobFolders> {
  const root = await mkdtemp(path.join(parent, 'job-'));
  const work = path.join(root, 'work');
  const folders = {
    root,
    workspace: path.join(work, repositoryName, repositoryName),
    temporary: path.join(work, '_temp'),
    actions: path.join(work, '_actions'),
    toolCache: path.join(root, 'hostedtoolcache'),
    home: path.join(root, 'home'),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

async function prepare(wish: JobWish, folders: JobFolders, token: string, outOfTime: AbortSignal): Promise<JobState> {
  const { machine, facts } = wish.run;
  const masker = createMasker();
  const secrets = { ...(wish.contexts['secrets'] as Record<string, string>), GITHUB_TOKEN: token };
  for (const secret of Object.values(secrets)) masker.add(secret);
  const eventPath = path.join(folders.temporary, '_github_workflow', 'event.json');
  await mkdir(path.dirname(eventPath), { recursive: true });
  await writeFile(eventPath, JSON.stringify(facts.payload));
  const github = {
    ...(wish.contexts['github'] as object),
    token,
    job: wish.job.id,
    event_path: eventPath,
    workspace: folders.workspace,
  };
  const isSelfHosted = wish.shown.labels.includes('self-hosted');
  const runner = {
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    environment: isSelfHosted ? 'self-hosted' : 'github-hosted',
    name: `machine of job ${wish.shown.id}`,
    os: 'Linux',
    temp: folders.temporary,
    tool_cache: folders.toolCache,
    debug: '',
  };
  const contexts = { ...wish.contexts, secrets, github, runner };
  const env = {
    ...fillTexts(wish.file.fields.get('env'), contexts),
    ...fillTexts(wish.job.fields.get('env'), { ...contexts, env: fillTexts(wish.file.fields.get('env'), contexts) }),
  };
  machine.credentials.push(token);
  return {
    ...wish,
    contexts,
    folders,
    token,
    masker,
    env,
    paths: [],
    steps: {},
    status: 'success',
    cleaners: [],
    ended: AbortSignal.any([watchCancellation(wish), outOfTime]),
  };
}

/** Aborts with the job's signal, unless the job's condition says that it goes on. */
function watchCancellation({ signal, staysWanted }: JobWish): AbortSignal {
  const cancelled = new AbortController();
  const look = (): void => {
    if (!staysWanted()) cancelled.abort();
  };
  if (signal.aborted) look();
  else signal.addEventListener('abort', look, { once: true });
  return cancelled.signal;
}

function readOutputs(state: JobState): Record<string, string> {
  const filled = fillTexts(state.job.fields.get('outputs'), contextsOf(state));
  const { problems } = state.run.machine;
  // GitHub hands no secret on, and says so in a warning only.
  for (const [name, value] of Object.entries(filled))
    if (state.masker.finds(value)) {
      problems.push(`${state.shown.name}: skip output '${name}' since it may contain secret.`);
      filled[name] = '';
    }
  const bytes = Object.values(filled).reduce((sum, value) => sum + 2 * value.length, 0);
  if (bytes <= OUTPUT_LIMIT_BYTES) return filled;
  problems.push(`${state.shown.name}: the outputs have ${bytes} bytes; a job may have ${OUTPUT_LIMIT_BYTES}.`);
  return Object.fromEntries(Object.keys(filled).map((name) => [name, '']));
}
