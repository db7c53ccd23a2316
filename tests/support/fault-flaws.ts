/** What must be true of a story with faults when it has ended, counted on GitHub and not in Espalier's own records. */
import type { Certificate } from '../../src/core/ledger/ledger.ts';
import { FAULT_NEEDS, FAULT_TASKS, type FaultStory, markerOf } from './fault-story.ts';
import { commentsOf, readComments } from './github/operations/comments.ts';
import type { PullIssue } from './github/state.ts';
import { isPull } from './github/world.ts';
import { readLedger } from './plan-scenario.ts';

/** Everything that is wrong; empty if nothing is. */
export async function findFaultFlaws(story: FaultStory): Promise<string[]> {
  const found = await readLedger(story.world, story.issue);
  if (found === null) return ['there is no ledger'];
  const { ledger, record } = found;
  const flaws = [
    ...(await findLandingFlaws(story, ledger.certificates)),
    ...findPullFlaws(story),
    ...findCommentFlaws(story),
    ...findWorkFlaws(story),
  ];
  if (story.issue.state !== 'closed') flaws.push('the issue is still open');
  if (ledger.final?.result?.test.status !== 'passed') flaws.push('the tests of the whole did not pass');
  if (record.answers.length > 0) flaws.push(`${record.answers.length} answers are left`);
  if (record.dispatches.length > 0) flaws.push(`${record.dispatches.length} dispatches are left`);
  return flaws;
}

/** The base holds each task once, in order of need, as a tree that was tested, and nothing that nobody put there. */
async function findLandingFlaws(
  { world, others }: FaultStory,
  certificates: readonly Certificate[],
): Promise<string[]> {
  const { repository } = world;
  const flaws: string[] = [];
  const order = certificates.map(({ task }) => String(task));
  for (const task of FAULT_TASKS) {
    const times = order.filter((one) => one === task).length;
    if (times !== 1) flaws.push(`${task} has ${times} certificates`);
    for (const need of FAULT_NEEDS[task] ?? [])
      if (order.indexOf(need) > order.indexOf(task)) flaws.push(`${task} landed before ${need}`);
  }
  const landed = new Map(certificates.map((certificate) => [String(certificate.landedSha), certificate]));
  const strangers = new Set(others.values());
  const seen: string[] = [];
  let oid = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  while (oid !== undefined) {
    const commit = await world.world.git.readCommit(repository.gitDir, oid);
    const certificate = landed.get(oid);
    const isFirst = commit?.parents.length === 0;
    if (certificate === undefined && !strangers.has(oid) && !isFirst) flaws.push(`${oid} is on the base, and whose?`);
    if (certificate !== undefined) {
      seen.unshift(String(certificate.task));
      if (commit?.tree !== certificate.testedTree)
        flaws.push(`${certificate.task} landed as a tree that was not tested`);
      if (certificate.landedTree !== commit?.tree)
        flaws.push(`the certificate of ${certificate.task} names another tree`);
    }
    oid = commit?.parents[0];
  }
  if (seen.join(' ') !== order.join(' '))
    flaws.push(`the base has ${seen.join(' ')}, certified are ${order.join(' ')}`);
  return flaws;
}

function findPullFlaws({ world, issue }: FaultStory): string[] {
  const { repository, app } = world;
  const flaws: string[] = [];
  const pulls = [...repository.issues.values()].filter(isPull);
  const branchOf = (task: string): string =>
    task === 'api' ? 'feature/api' : `espalier/issue-${issue.number}/${task}`;
  for (const task of FAULT_TASKS) {
    const own = pulls.filter(({ pull }) => pull.headRefName === branchOf(task));
    if (own.length !== 1) flaws.push(`${task} has ${own.length} pull requests`);
    for (const pull of own) flaws.push(...findFlawsOfPull(story(pull)));
    if (repository.refs.has(`refs/heads/${branchOf(task)}`)) flaws.push(`the branch of ${task} is still there`);
  }
  if (pulls.length !== FAULT_TASKS.length) flaws.push(`${pulls.length} pull requests were opened`);
  const gates = [...repository.checkRuns.values()].filter(
    (check) => check.appId === app.id && check.name === 'espalier/gate',
  );
  for (const head of new Set(gates.map(({ headSha }) => headSha))) {
    const count = gates.filter(({ headSha }) => headSha === head).length;
    if (count !== 1) flaws.push(`${head} has ${count} checks of the gate`);
  }
  return flaws;

  function story(pull: PullIssue): { pull: PullIssue; bodies: string[] } {
    return { pull, bodies: readComments(world.world, pull).map(({ body }) => body) };
  }
}

function findFlawsOfPull({ pull, bodies }: { pull: PullIssue; bodies: string[] }): string[] {
  return [
    ...(pull.pull.isMerged ? [] : [`#${pull.number} is not merged`]),
    ...(pull.labels.includes('espalier:landed') ? [] : [`#${pull.number} is not labelled as landed`]),
    ...bodies.map((body) => `on #${pull.number} stands ${body}`),
  ];
}

function findCommentFlaws({ world, issue, commands }: FaultStory): string[] {
  const { repository, app } = world;
  const flaws: string[] = [];
  const bodies = readComments(world.world, issue)
    .filter(({ appId }) => appId === app.id)
    .map(({ body }) => body);
  const countOf = (marker: string): number => bodies.filter((body) => body.startsWith(marker)).length;
  if (countOf('<!-- espalier:status ') !== 1) flaws.push(`${countOf('<!-- espalier:status ')} status comments`);
  // One for each run of the tests on the whole; the same one twice is found below. The last one tells how it ended.
  const last = bodies.findLast((body) => body.startsWith('<!-- espalier:answer report.')) ?? 'no report';
  if (!last.includes('## The plan is done: ')) flaws.push(`the last report is ${last}`);
  const firstLines = bodies.map((body) => body.split('\n', 1)[0] ?? '');
  for (const line of new Set(firstLines)) {
    const times = firstLines.filter((one) => one === line).length;
    if (times > 1) flaws.push(`${times} comments begin with ${line}`);
  }
  // A person without authority is told so once, whatever else they say.
  const strangers = commands.filter(({ isObeyed }) => !isObeyed).slice(0, 1);
  for (const { comment } of [...commands.filter(({ isObeyed }) => isObeyed), ...strangers]) {
    const times = countOf(markerOf(comment.nodeId));
    if (times !== 1) flaws.push(`'${comment.body}' was answered ${times} times`);
    const own = comment.reactions.filter(({ author }) => author === `${app.slug}[bot]`);
    if (own.length !== 1) flaws.push(`'${comment.body}' was reacted to ${own.length} times`);
  }
  const unread = commentsOf(repository, issue.number).filter(({ isRead }) => !isRead);
  for (const { body } of unread) flaws.push(`nobody read ${body}`);
  return flaws;
}

/** Nothing was worked on twice for one generation, and for one nonce only one run ever worked. */
function findWorkFlaws({ world }: FaultStory): string[] {
  const flaws: string[] = [];
  const legs = new Map<string, number>();
  const runs = new Map<string, Set<number>>();
  for (const { leg, runId } of world.standIn.done) {
    const name = `${leg.work} ${leg.task}.${leg.attempt}.${leg.generation}`;
    legs.set(name, (legs.get(name) ?? 0) + 1);
    const nonce = world.repository.runs.get(runId)?.inputs['nonce'] ?? 'no nonce';
    runs.set(nonce, (runs.get(nonce) ?? new Set()).add(runId));
  }
  for (const [name, times] of legs) if (times > 1) flaws.push(`${name} was worked on ${times} times`);
  for (const [nonce, ids] of runs) if (ids.size > 1) flaws.push(`${ids.size} runs of ${nonce} did work`);
  for (const run of world.repository.runs.values())
    if (run.status !== 'completed' && run.runAttempt === 1) flaws.push(`run ${run.id} is still ${run.status}`);
  return flaws;
}

/** What is the same in the end for every seed: the tree of the base, and what landed. */
export async function describeFaultEnd({ world, issue }: FaultStory): Promise<{ files: string[]; landed: string[] }> {
  const { repository } = world;
  const tip = repository.refs.get(`refs/heads/${repository.defaultBranch}`) ?? '';
  const listing = await world.world.git.run(repository.gitDir, ['ls-tree', '-r', tip]);
  const found = await readLedger(world, issue);
  return {
    files: listing.toString('utf8').trim().split('\n'),
    landed: (found?.ledger.certificates ?? []).map(({ task }) => String(task)).toSorted(),
  };
}
