/** Routes of check runs. */
import { createCheckRun, latestCheckRuns, updateCheckRun, type CheckRunChange } from '../operations/checks.ts';
import type { CheckAction, CheckAnnotation, CheckConclusion, CheckStatus, Oid } from '../state.ts';
import { notFound, Refusal } from '../world.ts';
import { representCheckRun } from './represent-check.ts';
import { resolveCommit } from './repository-routes.ts';
import { ok, readNumber, takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

export const checkRoutes: RestRoutes<RepositoryCall> = {
  'POST /repos/{owner}/{repo}/check-runs': async (call) => {
    const { name, head_sha: headSha } = call.body as { name: string; head_sha: Oid };
    refusePeople(call);
    const made = await createCheckRun(call.world, call.actor, call.repository, { ...readChange(call), name, headSha });
    return { status: 201, body: representCheckRun(call.world, call.repository, made) };
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': async (call) => {
    const checkRun = call.repository.checkRuns.get(readNumber(call, 'check_run_id'));
    if (checkRun === undefined) throw notFound();
    refusePeople(call);
    await updateCheckRun(call.world, call.actor, checkRun, readChange(call));
    return ok(representCheckRun(call.world, call.repository, checkRun));
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': listCheckRuns,
};

/** Check runs belong to apps. */
function refusePeople({ actor }: RepositoryCall): void {
  if (actor.appId === null) throw new Refusal(403, 'FORBIDDEN', 'You must authenticate via a GitHub App.');
}

interface WrittenAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: CheckAnnotation['level'];
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

function readChange({ body }: RepositoryCall): CheckRunChange {
  const change = body as {
    name?: string;
    external_id?: string;
    details_url?: string;
    status?: CheckStatus;
    conclusion?: CheckConclusion;
    started_at?: string;
    completed_at?: string;
    output?: { title?: string; summary?: string; text?: string; annotations?: WrittenAnnotation[] };
    actions?: CheckAction[];
  };
  const { output } = change;
  return {
    name: change.name,
    externalId: change.external_id,
    detailsUrl: change.details_url,
    // A conclusion completes the run, whatever else is said.
    status: change.conclusion === undefined ? change.status : 'completed',
    conclusion: change.conclusion,
    startedAt: readTime(change.started_at),
    completedAt: readTime(change.completed_at),
    title: output?.title,
    summary: output?.summary,
    text: output?.text,
    annotations: output?.annotations?.map((annotation) => readAnnotation(annotation)),
    actions: change.actions,
  };
}

function readTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function readAnnotation(annotation: WrittenAnnotation): CheckAnnotation {
  return {
    path: annotation.path,
    startLine: annotation.start_line,
    endLine: annotation.end_line,
    startColumn: annotation.start_column ?? null,
    endColumn: annotation.end_column ?? null,
    level: annotation.annotation_level,
    message: annotation.message,
    title: annotation.title ?? null,
    rawDetails: annotation.raw_details ?? null,
  };
}

async function listCheckRuns(call: RepositoryCall): Promise<RestAnswer> {
  const { repository, query, world } = call;
  const sha = await resolveCommit(call, call.path['ref'] ?? '');
  const all =
    query.get('filter') === 'all'
      ? [...repository.checkRuns.values()].filter((checkRun) => checkRun.headSha === sha)
      : latestCheckRuns(repository, sha);
  const fits = (name: string, value: string): boolean => !query.has(name) || query.get(name) === value;
  const found = all.filter(
    (checkRun) =>
      fits('check_name', checkRun.name) && fits('status', checkRun.status) && fits('app_id', String(checkRun.appId)),
  );
  const { page, headers } = takePage(call, found);
  const body = {
    total_count: found.length,
    check_runs: page.map((checkRun) => representCheckRun(world, repository, checkRun)),
  };
  return { status: 200, body, headers };
}
