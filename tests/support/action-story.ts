/**
 * A plan of eight tasks for the Action: everything is real but the model. Agents, tests and reviewer are scripts of the
 * repository, and run in sandboxes; one task is sent back by its review, and two change the same line of one file.
 */
import type { ActionWorld } from './action-world.ts';
import { commentsOf } from './github/operations/comments.ts';
import type { Issue } from './github/state.ts';
import { isPull } from './github/world.ts';
import { readLedger } from './plan-scenario.ts';

/** Writes a file of the task's name. Two tasks share a line; whoever comes second finds both sides, and keeps both. */
const AGENT = `#!/bin/sh
set -eu
echo "made by $ESPALIER_TASK" > "$ESPALIER_TASK.txt"
if [ "$ESPALIER_ITERATION" -gt 1 ]; then echo polished >> "$ESPALIER_TASK.txt"; fi
case $ESPALIER_TASK in pear|plum)
  { grep -v -e '^<<<<<<<' -e '^=======' -e '^>>>>>>>' -e '^|||||||' list.txt || true; echo "$ESPALIER_TASK"; } | sort -u > list.new
  mv list.new list.txt ;;
esac
`;

const TEST = `#!/bin/sh
set -eu
if grep -q -e '^<<<<<<<' list.txt; then echo 'conflict markers in list.txt'; exit 1; fi
sort -c -u list.txt
`;

/** Content with everything but the first try of the task \`quince\`. */
const REVIEW = `#!/bin/sh
set -eu
if [ "$ESPALIER_TASK" = quince ] && ! grep -q polished quince.txt; then
  echo '{"score": 7, "findings": [{"severity": "warning", "path": "quince.txt", "line": 1, "message": "polish it"}]}'
else
  echo '{"score": 10, "findings": []}'
fi
`;

/** Files of a repository whose own scripts are agent, tests and reviewer. */
export const SCRIPTED_FILES: Readonly<Record<string, string>> = {
  'list.txt': 'medlar\n',
  'tools/agent.sh': AGENT,
  'tools/test.sh': TEST,
  'tools/review.sh': REVIEW,
  '.github/espalier.yml': `defaults:
  agent: "command: sh tools/agent.sh"
  test: "sh tools/test.sh"
  review: "command: sh tools/review.sh"
max_parallel: 8
`,
};

/** What each of the eight tasks needs. */
export const EIGHT_TASKS: Readonly<Record<string, readonly string[]>> = {
  apple: [],
  quince: ['apple'],
  pear: [],
  plum: [],
  cherry: ['quince', 'pear'],
  fig: ['plum'],
  grape: [],
  walnut: ['cherry', 'fig', 'grape'],
};

/** The text of a plan issue with these tasks. */
export function writePlan(tasks: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(tasks).flatMap(([id, needs]) => [
    `  ${id}:`,
    `    title: Plant the ${id}`,
    ...(needs.length > 0 ? [`    needs: [${needs.join(', ')}]`] : []),
  ]);
  return ['```espalier', 'plan: orchard', 'final: sh tools/test.sh', 'tasks:', ...lines, '```', ''].join('\n');
}

/** What is not as it has to be when the plan has landed: order, trees, certificates, pull requests, talk. */
export async function findStoryFlaws(
  app: ActionWorld,
  issue: Issue,
  tasks: Readonly<Record<string, readonly string[]>>,
): Promise<string[]> {
  const { world, repository } = app;
  const found = await readLedger(app, issue);
  if (found === null) return ['there is no ledger'];
  const { certificates, baseSha } = found.ledger;
  const flaws: string[] = [];
  const order = certificates.map(({ task }) => String(task));
  if (order.toSorted().join() !== Object.keys(tasks).toSorted().join()) flaws.push(`certificates: ${order.join()}`);
  for (const [task, needs] of Object.entries(tasks))
    for (const need of needs)
      if (order.indexOf(need) > order.indexOf(task)) flaws.push(`${task} landed before ${need}`);
  let before: string = baseSha;
  for (const { task, landedSha, testedTree } of certificates) {
    const commit = await world.git.readCommit(repository.gitDir, landedSha);
    if (commit?.tree !== testedTree) flaws.push(`${task} landed as a tree that was not tested`);
    if (commit?.parents[0] !== before) flaws.push(`${task} did not land on what landed before it`);
    before = landedSha;
  }
  if (repository.refs.get('refs/heads/main') !== before) flaws.push('the base is not where the last certificate says');
  const pulls = [...repository.issues.values()].filter(isPull);
  if (pulls.length !== Object.keys(tasks).length) flaws.push(`${pulls.length} pull requests`);
  for (const { number, pull } of pulls) if (!pull.isMerged) flaws.push(`#${number} is not merged`);
  return [...flaws, ...findTalkFlaws(app, issue)];
}

function findTalkFlaws({ repository, keeperId }: ActionWorld, issue: Issue): string[] {
  const bodies = commentsOf(repository, issue.number)
    .filter(({ appId }) => appId === keeperId)
    .map(({ body }) => body);
  const count = (start: string): number => bodies.filter((body) => body.startsWith(start)).length;
  const flaws: string[] = [];
  if (count('<!-- espalier:status ') !== 1) flaws.push(`${count('<!-- espalier:status ')} status comments`);
  if (count('<!-- espalier:answer report.') !== 1) flaws.push('not one report');
  if (issue.state !== 'closed') flaws.push('the issue is still open');
  return flaws;
}

/** Every text that people or later jobs can read of a story, with where it stands: talk, checks, logs, artifacts, git. */
export async function listTexts({
  world,
  repository,
  runner,
}: ActionWorld): Promise<{ where: string; text: string }[]> {
  const objects = await world.git.run(repository.gitDir, ['cat-file', '--batch-all-objects', '--batch']);
  return [
    ...[...repository.issues.values()].map((issue) => ({
      where: `#${issue.number}`,
      text: `${issue.title}\n${issue.body}`,
    })),
    ...[...repository.issues.keys()].flatMap((number) =>
      commentsOf(repository, number).map(({ body }) => ({ where: `a comment in #${number}`, text: body })),
    ),
    ...[...repository.checkRuns.values()].map((check) => ({
      where: `check ${check.name}`,
      text: JSON.stringify(check),
    })),
    ...[...repository.runs.values()].map((run) => ({ where: `run ${run.id}`, text: JSON.stringify(run) })),
    ...[...repository.artifacts.values()].map(({ name, bytes }) => ({
      where: `artifact ${name}`,
      text: Buffer.from(bytes).toString('latin1'),
    })),
    ...runner.logs.map(({ job, step, lines, summary }) => ({
      where: `log of ${job} / ${step}`,
      text: `${lines.join('\n')}\n${summary}`,
    })),
    { where: 'the repository', text: objects.toString('latin1') },
  ];
}

/** The status comment of a plan as it stands; empty if there is none. */
export function statusOf({ repository, keeperId }: ActionWorld, issue: Issue): string {
  const found = commentsOf(repository, issue.number).find(
    ({ appId, body }) => appId === keeperId && body.startsWith('<!-- espalier:status '),
  );
  return found?.body ?? '';
}
