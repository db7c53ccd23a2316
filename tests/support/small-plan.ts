/**
 * Short stories on a GitHub with the App at work: plans of two or three tasks, what the App answers to one comment, and
 * looks at what stands on GitHub.
 */
import type { PlanLedger } from '../../src/core/ledger/ledger.ts';
import type { ForgeRecord } from '../../src/core/ledger/forge-record.ts';
import { type AppWorld, type AppWorldOptions, openAppWorld } from './github-app.ts';
import type { LegScript } from './github/actions-stand-in.ts';
import { commentsOf } from './github/operations/comments.ts';
import type { CheckRun, Comment, Issue, PullIssue, WorkflowRun } from './github/state.ts';
import { type Actor, isPull } from './github/world.ts';
import { readLedger } from './plan-scenario.ts';

/** Agents, tests and reviewer of a repository; what `github` says is put after it. */
export const SMALL_CONFIG = `defaults:
  agent: "command: ./agent"
  test: "./test"
  review: "command: ./review"
  retries: 0
max_parallel: 8
`;

/** Every agent writes a file of its task's name; tests pass, and reviewers are content. */
export const CONTENT: LegScript = ({ leg }) => ({ files: { [`${leg.task}.txt`]: `done by ${leg.task}\n` } });

/** A plan issue's text: each task with the lines of YAML that it has beside its title. */
export function writeTasks(tasks: Readonly<Record<string, readonly string[]>>, frame: readonly string[] = []): string {
  const lines = Object.entries(tasks).flatMap(([id, own]) => [
    `  ${id}:`,
    `    title: Task ${id}`,
    ...own.map((line) => `    ${line}`),
  ]);
  return ['```espalier', 'plan: small', ...frame, 'tasks:', ...lines, '```', ''].join('\n');
}

/** A GitHub whose repository is configured for small plans. */
export async function openSmallApp(options: Partial<AppWorldOptions> & { config?: string } = {}): Promise<AppWorld> {
  const { config = SMALL_CONFIG, files, ...others } = options;
  return openAppWorld({ script: CONTENT, ...others, files: { '.github/espalier.yml': config, ...files } });
}

/** The App's answer to one comment; `null` while there is none. It counts as read. */
export function answerTo(app: AppWorld, thread: Issue, comment: Comment): string | null {
  const marker = `<!-- espalier:answer ${comment.nodeId} -->\n`;
  const found = commentsOf(app.repository, thread.number).filter((one) => one.body.startsWith(marker));
  if (found.length > 1) throw new Error(`The App answered twice to ${comment.body}`);
  const [answer] = found;
  if (answer === undefined || answer.appId !== app.app.id) return null;
  answer.isRead = true;
  return answer.body.slice(marker.length);
}

/** Writes a comment and waits for the App's answer to it. */
export async function ask(app: AppWorld, thread: Issue, body: string, by?: Actor): Promise<string> {
  const comment = await app.say(thread, body, by);
  await app.until(() => answerTo(app, thread, comment) !== null, `An answer to '${body}'`, 120_000);
  return answerTo(app, thread, comment) ?? '';
}

/** What the App has written in a thread beside the status comment and has not been read yet. It counts as read. */
export function takeNews(app: AppWorld, thread: Issue): string[] {
  const fresh = commentsOf(app.repository, thread.number).filter(
    (one) => !one.isRead && one.appId === app.app.id && !one.body.startsWith('<!-- espalier:status '),
  );
  for (const comment of fresh) comment.isRead = true;
  return fresh.map((comment) => comment.body);
}

/** The status comment as it stands; it counts as read. Throws if there are several. */
export function statusOf(app: AppWorld, issue: Issue): string {
  const found = commentsOf(app.repository, issue.number).filter(
    (one) => one.appId === app.app.id && one.body.startsWith('<!-- espalier:status '),
  );
  if (found.length > 1) throw new Error(`There are ${found.length} status comments.`);
  const [status] = found;
  if (status === undefined) return '';
  status.isRead = true;
  return status.body;
}

/** Reactions of the App on a comment. */
export function reactionsOf(app: AppWorld, comment: Comment): string[] {
  return comment.reactions.filter(({ author }) => author === `${app.app.slug}[bot]`).map(({ content }) => content);
}

/** The pull requests of a task, oldest first. */
export function pullsOf(app: AppWorld, issue: Issue, task: string): PullIssue[] {
  const branch = `espalier/issue-${issue.number}/${task}`;
  return [...app.repository.issues.values()].filter(isPull).filter(({ pull }) => pull.headRefName === branch);
}

/** The newest pull request of a task. Throws if it has none. */
export function pullOf(app: AppWorld, issue: Issue, task: string): PullIssue {
  const pull = pullsOf(app, issue, task).at(-1);
  if (pull === undefined) throw new Error(`Task '${task}' has no pull request.`);
  return pull;
}

/** The gate check on a pull request's head. */
export function gateOf(app: AppWorld, { pull }: PullIssue): CheckRun | undefined {
  return [...app.repository.checkRuns.values()].find(
    (check) => check.appId === app.app.id && check.name === 'espalier/gate' && check.headSha === pull.headSha,
  );
}

/** Ledger and record; throws if there are none. */
export async function ledgerOf(app: AppWorld, issue: Issue): Promise<{ ledger: PlanLedger; record: ForgeRecord }> {
  const found = await readLedger(app, issue);
  if (found === null) throw new Error(`The plan of #${issue.number} has no ledger.`);
  return found;
}

/** How the attempts at each task stand, in one word each: `{ a: 'failed landed', b: '' }`. */
export async function attemptsOf(app: AppWorld, issue: Issue): Promise<Record<string, string>> {
  const found = await readLedger(app, issue);
  const tasks = found?.ledger.plan.tasks ?? [];
  return Object.fromEntries(
    tasks.map(({ id }) => [id, (found?.ledger.tasks[id]?.attempts ?? []).map((attempt) => attempt.status).join(' ')]),
  );
}

/** Names of the files on a branch, the workflow and the configuration apart. */
export async function filesOn(app: AppWorld, branch: string): Promise<string[]> {
  const listing = await app.world.git.run(app.repository.gitDir, ['ls-tree', '-r', '--name-only', branch]);
  return listing
    .toString('utf8')
    .split('\n')
    .filter((name) => name !== '' && !name.startsWith('.github/') && name !== 'README.md');
}

/** The commit that a branch stands at. */
export function tipOf(app: AppWorld, branch: string): string | undefined {
  return app.repository.refs.get(`refs/heads/${branch}`);
}

/** Runs of the attempts' workflow, oldest first. */
export function runsOf(app: AppWorld): WorkflowRun[] {
  return [...app.repository.runs.values()].filter(({ path }) => path === '.github/workflows/espalier-dispatch.yml');
}

/** Lets everything come to rest; throws if the App wrote anything but the plan's status that the story did not read. */
export async function finish(app: AppWorld, issue: Issue): Promise<void> {
  await app.settle();
  statusOf(app, issue);
  app.github.assertNothingUnread(app.app.id);
}

/** Waits until the plan has landed and its issue is closed, and reads the report. Throws if anything else was written. */
export async function finishLanded(app: AppWorld, issue: Issue): Promise<string> {
  await app.until(() => issue.state === 'closed', 'The end of the plan');
  const news = takeNews(app, issue);
  const [report = '', ...others] = news;
  if (!report.startsWith('<!-- espalier:answer report.') || others.length > 0)
    throw new Error(`Not the report alone was written:\n${news.join('\n---\n')}`);
  await finish(app, issue);
  return report;
}
