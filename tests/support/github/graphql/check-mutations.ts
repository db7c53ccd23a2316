/** Mutations of check runs; only an app may make them, and only its own. */

import { createCheckRun, updateCheckRun } from '../operations/checks.ts';
import type { CheckRunChange } from '../operations/checks.ts';
import type { CheckAnnotation, CheckConclusion, CheckStatus, Oid } from '../state.ts';
import { notFound, Refusal } from '../world.ts';
import { notAccessible } from './graphql-errors.ts';
import { findWritable, mutation } from './mutation-types.ts';
import type { FieldResolver, GraphqlContext } from './resolver-types.ts';

const checksWrite = [{ checks: 'write' }] as const;

interface AnnotationInput {
  readonly path: string;
  readonly location: {
    readonly startLine: number;
    readonly endLine: number;
    readonly startColumn?: number | null;
    readonly endColumn?: number | null;
  };
  readonly annotationLevel: 'NOTICE' | 'WARNING' | 'FAILURE';
  readonly message: string;
  readonly title?: string | null;
  readonly rawDetails?: string | null;
}

interface CheckRunInput {
  readonly repositoryId: string;
  readonly name?: string | null;
  readonly externalId?: string | null;
  readonly detailsUrl?: string | null;
  readonly status?: string | null;
  readonly conclusion?: string | null;
  readonly startedAt?: string | null;
  readonly completedAt?: string | null;
  readonly output?: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string | null;
    readonly annotations?: readonly AnnotationInput[] | null;
  } | null;
  readonly actions?:
    | readonly { readonly label: string; readonly description: string; readonly identifier: string }[]
    | null;
}

const levels = { NOTICE: 'notice', WARNING: 'warning', FAILURE: 'failure' } as const;

function readAnnotation({ location, annotationLevel, ...annotation }: AnnotationInput): CheckAnnotation {
  return {
    path: annotation.path,
    startLine: location.startLine,
    endLine: location.endLine,
    startColumn: location.startColumn ?? null,
    endColumn: location.endColumn ?? null,
    level: levels[annotationLevel],
    message: annotation.message,
    title: annotation.title ?? null,
    rawDetails: annotation.rawDetails ?? null,
  };
}

function readTime(text: string | null | undefined): number | undefined {
  return text == null ? undefined : Date.parse(text);
}

/** The schema's enumerations are REST's words in capitals. */
function readChange(input: CheckRunInput): CheckRunChange {
  const { output } = input;
  return {
    name: input.name ?? undefined,
    externalId: input.externalId ?? undefined,
    detailsUrl: input.detailsUrl ?? undefined,
    status: input.status == null ? undefined : (input.status.toLowerCase() as CheckStatus),
    conclusion: input.conclusion == null ? undefined : (input.conclusion.toLowerCase() as CheckConclusion),
    startedAt: readTime(input.startedAt),
    completedAt: readTime(input.completedAt),
    title: output?.title,
    summary: output?.summary,
    text: output?.text ?? undefined,
    annotations: output?.annotations?.map(readAnnotation),
    actions: input.actions?.map((action) => ({ ...action })),
  };
}

/** @throws Refusal for people, whose tokens GitHub takes no checks from. */
function requireApp({ actor }: GraphqlContext): void {
  if (actor.appId === null) throw new Refusal(403, 'FORBIDDEN', 'You must authenticate via a GitHub App.');
}

async function create(
  input: CheckRunInput & { readonly name: string; readonly headSha: Oid },
  context: GraphqlContext,
) {
  requireApp(context);
  const { repository } = findWritable(context, input.repositoryId, ['Repository'], checksWrite);
  const { name, headSha } = input;
  const checkRun = await createCheckRun(context.world, context.actor, repository, {
    ...readChange(input),
    name,
    headSha,
  });
  return { checkRun: { kind: 'CheckRun', repository, checkRun } };
}

async function update(input: CheckRunInput & { readonly checkRunId: string }, context: GraphqlContext) {
  requireApp(context);
  const { repository } = findWritable(context, input.repositoryId, ['Repository'], checksWrite);
  const node = findWritable(context, input.checkRunId, ['CheckRun'], checksWrite);
  if (node.repository.id !== repository.id)
    throw notFound(`Could not resolve to a node with the global id of '${input.checkRunId}'`);
  if (node.checkRun.appId !== context.actor.appId) throw new Refusal(403, 'FORBIDDEN', notAccessible);
  await updateCheckRun(context.world, context.actor, node.checkRun, readChange(input));
  return { checkRun: node };
}

export const checkMutations: Readonly<Record<string, FieldResolver<unknown>>> = {
  createCheckRun: mutation(create),
  updateCheckRun: mutation(update),
};
