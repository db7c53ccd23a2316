/** What a runner has done so far, for whoever has to find out why a test fails. */
import type { Machine } from './machine.ts';

const LAST_LINES = 15;

/** Runs with their jobs; of jobs that have not ended well the last lines of each step. */
export function describeRuns({ repository, logs, problems }: Machine): string {
  const lines = [...repository.runs.values()].flatMap((run) => [
    `${run.displayTitle} (${run.path}, ${run.event}, ${run.id}): ${run.conclusion ?? run.status}`,
    ...[...repository.jobs.values()]
      .filter(({ runId, runAttempt }) => runId === run.id && runAttempt === run.runAttempt)
      .flatMap((job) => [
        `  ${job.name}: ${job.conclusion ?? job.status}`,
        ...(job.conclusion === 'success' || job.conclusion === 'skipped' ? [] : tailOf(logs, run.id, job.name)),
      ]),
  ]);
  return [...lines, ...problems.map((problem) => `problem: ${problem}`)].join('\n');
}

function tailOf(logs: Machine['logs'], runId: number, job: string): string[] {
  return logs
    .filter((log) => log.runId === runId && log.job === job)
    .flatMap(({ step, lines }) => [`    ${step}`, ...lines.slice(-LAST_LINES).map((line) => `      ${line}`)]);
}
