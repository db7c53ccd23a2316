/**
 * A small story that everything may go wrong in: four tasks with a failing review, a conflict, a push by a person and
 * a task that is given up and asked for again. People wait for what they see, never for a time, so that it ends in the
 * same way however it was disturbed.
 */
import { viewPlan } from '../../src/core/reconcile/view-plan.ts';
import { readQueueFiles } from '../../src/core/ledger/files.ts';
import type { QueueLedger } from '../../src/core/ledger/ledger.ts';
import type { FaultPlan } from './fault-plan.ts';
import { type FaultWorld, openFaultWorld } from './fault-world.ts';
import { type LegScript, readLedgerFiles } from './github/actions-stand-in.ts';
import { addComment, commentsOf } from './github/operations/comments.ts';
import { pushCommits } from './github/operations/commits.ts';
import { createIssue } from './github/operations/issues.ts';
import { addLabels, removeLabel } from './github/operations/labels.ts';
import type { Comment, Issue } from './github/state.ts';
import { isPull } from './github/world.ts';
import { readLedger } from './plan-scenario.ts';

/** The tasks, in the order of the plan. */
export const FAULT_TASKS = ['schema', 'api', 'web', 'docs'] as const;

/** What each needs. */
export const FAULT_NEEDS: Readonly<Record<string, readonly string[]>> = { docs: ['schema', 'api'] };

const PLAN_TEXT = `\`\`\`espalier
plan: garden
final: ["./test-all"]
tasks:
  schema:
    title: The schema
  api:
    title: The service
    branch: feature/api
  web:
    title: The pages
  docs:
    title: The handbook
    needs: [schema, api]
\`\`\`
`;

const CONFIG = `defaults:
  agent: "command: ./agent"
  test: "./test"
  review: "command: ./review"
  retries: 1
max_parallel: 8
`;

/** What the agents write, by what they find: the same in the end, whichever of them comes first. */
const playLeg: LegScript = async ({ leg, read }) => {
  if (leg.work !== 'attempt' || leg.mode === 'verify') return {};
  const own = { [`${leg.task}.txt`]: `done by ${leg.task}\n` };
  switch (leg.task) {
    case 'schema':
      // The first try is not good enough.
      return leg.attempt === 1
        ? {
            files: own,
            score: 6,
            findings: [{ severity: 'blocking', path: `${leg.task}.txt`, line: 1, message: 'no key' }],
          }
        : { files: { ...own, 'keys.txt': 'with keys\n' } };
    case 'api':
    case 'web': {
      // Both add to one file: the second of them conflicts if they were at work at once.
      const found = (await read('shared.txt')) ?? '';
      const names = ['api', 'web'].filter((name) => name === leg.task || found.includes(name));
      return { files: { ...own, 'shared.txt': `${names.join('\n')}\n` } };
    }
    default:
      // Given up after its tries; a person asks for it again.
      return leg.attempt <= 2 ? { files: own, tests: 'failed' } : { files: own };
  }
};

/** The story when it has ended. */
export interface FaultStory {
  world: FaultWorld;
  issue: Issue;
  /** What people commented with commands in it, and who may give them. */
  commands: { comment: Comment; isObeyed: boolean }[];
  /** Commits that somebody else put on the base, by name. */
  others: Map<string, string>;
}

const BY_OTHERS = ['one', 'two'] as const;

/** Plays the story to its end. The caller closes its world. */
export async function playFaultStory(plan: FaultPlan): Promise<FaultStory> {
  const world = await openFaultWorld(plan, { script: playLeg, files: { '.github/espalier.yml': CONFIG } });
  try {
    return await tell(world);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const told = new FaultStoryError(
      `Seed ${plan.seed} with ${plan.replicas} replicas: ${words}\n${describeTrace(world)}`,
      { cause: error, world },
    );
    await world[Symbol.asyncDispose]();
    throw told;
  }
}

/** A story that did not come to its end. */
class FaultStoryError extends Error {
  readonly world: FaultWorld;

  constructor(message: string, { cause, world }: { cause: unknown; world: FaultWorld }) {
    super(message, { cause });
    this.world = world;
  }
}

/** The last things that happened. */
export function describeTrace({ trace, log }: FaultWorld, lines = 60): string {
  return `${trace.slice(-lines).join('\n')}\n--- log\n${log().slice(-4000)}`;
}

async function tell(world: FaultWorld): Promise<FaultStory> {
  const { repository } = world;
  const issue = await createIssue(world.world, world.maintainer, repository, { title: 'The garden', body: PLAN_TEXT });
  // As the issue form does: what is only commented on is found by its webhook alone.
  await addLabels(world.world, world.maintainer, issue, ['espalier']);
  const story: FaultStory = { world, issue, commands: [], others: new Map() };
  const say = async (body: string, by = world.maintainer): Promise<Comment> => {
    world.note(`${by.account.login} says ${body.replaceAll('\n', ' ; ')}`);
    const comment = await addComment(world.world, by, issue, body);
    story.commands.push({ comment, isObeyed: by === world.maintainer });
    return comment;
  };
  world.begin('Asking again for what failed', () => askAgain(story, say));
  meddle(story, say);
  await say('/espalier run\n/espalier freeze until somebody has looked');
  const pullOfApi = () =>
    [...repository.issues.values()].find((one) => isPull(one) && one.pull.headRefName === 'feature/api');
  await world.until(() => pullOfApi() !== undefined, 'The pull request of the task api');
  const pushed = await world.change(() =>
    pushCommits(world.world, world.maintainer, repository, {
      branch: 'feature/api',
      commits: [{ message: 'Say more', files: { 'by-hand.txt': 'by a person\n' } }],
    }),
  );
  world.note(`maintainer pushes ${pushed} to feature/api`);
  await world.until(async () => {
    const found = await readLedger(world, issue);
    return Object.entries(found?.ledger.tasks ?? {}).some(
      ([task, { attempts }]) => task === 'api' && attempts.some(({ givenSha }) => givenSha === pushed),
    );
  }, 'The adoption of the push');
  await say('/espalier thaw');
  world.begin('The end of all troubles', async () => {
    await world.clock.sleep(TROUBLED_MS);
    endTroubles(world);
  });
  await world.until(() => issue.state === 'closed', 'The end of the plan');
  endTroubles(world);
  for (const name of BY_OTHERS) if (!story.others.has(name)) await pushByOthers(story, name);
  // Long enough for every lease, look-up and sweep that is still to come.
  await world.pass(SETTLING_MS);
  return story;
}

const TROUBLED_MS = 30 * 60_000;
const SETTLING_MS = 15 * 60_000;

function endTroubles(world: FaultWorld): void {
  if (world.plan.isOver) return;
  world.note('all troubles end');
  world.plan.stop();
  world.github.server.faults.stopRandom();
  world.github.webhooks.clearFaults();
}

type Say = (body: string, by?: FaultWorld['maintainer']) => Promise<Comment>;

/** A patient maintainer: what has failed or was cancelled is asked for again, once the last word on it was answered. */
async function askAgain({ world, issue }: FaultStory, say: Say): Promise<void> {
  const asked = new Map<string, Comment>();
  while (issue.state === 'open') {
    await world.clock.sleep(40_000);
    await world.change(async () => {
      const found = await readLedger(world, issue);
      const queue = await readQueue(world);
      if (found === null || queue === null) return;
      const { tasks, status } = viewPlan(found.ledger, queue, world.clock.now());
      const stopped = tasks.filter(({ state }) => state === 'failed' || state === 'cancelled');
      const commands = stopped.map(({ id }) => `/espalier retry ${id}`);
      if (status === 'final-failed') commands.push('/espalier run');
      for (const command of commands) {
        const before = asked.get(command);
        if (before !== undefined && !isAnswered(world, issue, before)) continue;
        asked.set(command, await say(command));
      }
    });
  }
}

/** Whether the App has answered a comment. */
function isAnswered({ repository }: FaultWorld, issue: Issue, comment: Comment): boolean {
  return commentsOf(repository, issue.number).some(({ body }) => body.startsWith(markerOf(comment.nodeId)));
}

/** First line of the App's answer to something. */
export function markerOf(key: string): string {
  return `<!-- espalier:answer ${key} -->\n`;
}

async function readQueue({ world, repository }: FaultWorld): Promise<QueueLedger | null> {
  const tip = repository.refs.get(`refs/heads/espalier-queue/${repository.defaultBranch}`);
  if (tip === undefined) return null;
  const reading = readQueueFiles(await readLedgerFiles(world, repository, tip));
  return reading.ok ? reading.value : null;
}

/** People who have nothing to do with the plan: they act just before some request is looked at. */
function meddle(story: FaultStory, say: Say): void {
  const { world, issue } = story;
  if (!world.plan.has('people')) return;
  const { repository, maintainer, stranger, plan } = world;
  const chance = plan.chance('people');
  const deeds: (() => Promise<unknown>)[] = [
    ...BY_OTHERS.map((name) => () => pushByOthers(story, name)),
    () => say('/espalier status'),
    () => say('/espalier cancel', stranger),
    () => addComment(world.world, stranger, issue, 'It looks nice.'),
    () => addLabels(world.world, maintainer, issue, ['garden work']),
    () => removeLabel(world.world, maintainer, issue, 'garden work').catch(() => undefined),
    () =>
      pushCommits(world.world, maintainer, repository, {
        branch: 'elsewhere',
        commits: [{ message: 'Something else', files: { 'elsewhere.txt': `${chance.next()}\n` } }],
      }),
  ];
  let next = chance.below(30);
  let seen = 0;
  world.onArrival = async () => {
    seen += 1;
    if (seen < next || deeds.length === 0 || plan.isOver) return;
    next = seen + 1 + chance.below(40);
    const [deed] = deeds.splice(chance.below(deeds.length), 1);
    await deed?.();
  };
}

async function pushByOthers(story: FaultStory, name: string): Promise<void> {
  const { world, others } = story;
  const pushed = await pushCommits(world.world, world.maintainer, world.repository, {
    branch: world.repository.defaultBranch,
    commits: [{ message: `Something of ${name}`, files: { [`others/${name}.txt`]: `${name}\n` } }],
  });
  others.set(name, pushed);
  world.note(`somebody pushes ${pushed} to the base`);
}
