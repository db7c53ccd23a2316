/** Does `espalier doctor --github`: tries on a real installation what the App takes for granted about GitHub. */
import { randomBytes } from 'node:crypto';

import { GitHubError } from '../../adapters/github/github-error.ts';
import { probeGitHub, type ProbeOutcome } from '../../adapters/github/probe-github.ts';
import { HOSTED_DEFAULTS } from '../../core/hosted/hosted-config.ts';
import { judgeProbes, type ProbeReport, renderProbeJson, renderProbeTable } from '../../core/report/github-probes.ts';
import { line, type SpanStyle } from '../../core/report/spans.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import { CliError } from './cli-error.ts';
import { readGithubCredential } from './github-credentials.ts';
import { listenForInterrupts } from './interrupts.ts';
import type { Session } from './session.ts';
import { SYSTEM_CLOCK } from '../../adapters/clock/system-clock.ts';

/** Options of `doctor --github`. */
export interface GithubDoctorOptions {
  /** `owner/name`, as the person wrote it. */
  repo?: string | undefined;
  write?: true;
  json?: true;
}

const PUBLIC_API = 'https://api.github.com';
const REPOSITORY = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/;

/** Visits a repository and prints what was found. `settings` are for tests. */
export async function examineGithub(
  session: Session,
  options: GithubDoctorOptions,
  settings: Pick<Parameters<typeof probeGitHub>[0], 'pace'> & { clock?: typeof SYSTEM_CLOCK } = {},
): Promise<void> {
  const { env, cwd, stdout } = session.input;
  const credential = await readGithubCredential(env, cwd);
  const repository = readRepository(options.repo ?? env['GITHUB_REPOSITORY'] ?? '');
  const baseUrl = readBaseUrl(env['GITHUB_API_URL'] ?? '');
  const interrupts = listenForInterrupts(session.input, () => {
    session.note('taking away what was made; once more ends at once');
  });
  try {
    const outcome = await visit(session, () =>
      probeGitHub({
        credential,
        baseUrl,
        repository,
        workflow: HOSTED_DEFAULTS.workflow,
        canWrite: options.write === true,
        random: randomBytes(4).toString('hex'),
        clock: settings.clock ?? SYSTEM_CLOCK,
        log: quietLog(session),
        signal: interrupts.signal,
        onStep: (fact) => session.note(`trying ${fact}`),
        ...(settings.pace === undefined ? {} : { pace: settings.pace }),
      }),
    );
    if (options.json === true) stdout.write(`${renderProbeJson(outcome)}\n`);
    else session.out.print(renderProbeTable(outcome).map((text) => line(text, styleOf(text))));
    session.end(judgeProbes(outcome));
  } finally {
    interrupts.stop();
  }
}

/** The report; everything else is an end with words. */
async function visit(session: Session, probe: () => Promise<ProbeOutcome>): Promise<ProbeReport> {
  const outcome = await tell(probe);
  if (outcome.kind === 'report') return outcome.report;
  if (outcome.kind === 'unfit')
    throw new CliError('unfit', `Nothing can be tried: ${outcome.because}.`, { next: outcome.next });
  for (const left of outcome.left) session.warn(`left behind: ${left}`);
  throw new CliError('interrupted', 'The visit was broken off; what it made was taken away.');
}

/** GitHub's refusals are for the person to act on, not defects. */
async function tell(probe: () => Promise<ProbeOutcome>): Promise<ProbeOutcome> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof GitHubError) throw new CliError('unfit', error.message, { cause: error });
    throw error;
  }
}

function readRepository(text: string): { owner: string; name: string } | null {
  if (text === '') return null;
  const [, owner, name] = REPOSITORY.exec(text) ?? [];
  if (owner !== undefined && name !== undefined && name !== '.' && name !== '..') return { owner, name };
  throw new CliError('usage', 'With --github, --repo names a repository on GitHub.', {
    next: 'write it as --repo owner/name',
  });
}

/** The address of the REST API that a setting names; that of github.com where it is empty. */
export function readBaseUrl(text: string): string {
  if (text === '') return PUBLIC_API;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isFit = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (url !== null && isFit) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new CliError('usage', 'GITHUB_API_URL must be an https:// address (http:// on this machine only).');
}

/** What the client has to say is for whoever looks for a defect. */
export function quietLog(session: Session) {
  const say = (message: string, fields?: Record<string, unknown>): void => {
    if (session.isDebug) session.note(redactSecrets(`${message} ${JSON.stringify(fields ?? {})}`));
  };
  return { debug: say, info: say, warn: say, error: say };
}

function styleOf(text: string): SpanStyle {
  if (/^(?:DIFFERS|MISSING|LEFT)/.test(text)) return 'bad';
  return text.startsWith('not probed') ? 'dim' : 'plain';
}
