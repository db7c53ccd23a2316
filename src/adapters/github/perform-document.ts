/**
 * Sends mutations, several in one document. GitHub does the mutations of a document in order, and one that fails does
 * not keep the next one from being done; each error names the mutation that it is of.
 */
import { z } from 'zod';

import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient, GraphqlFailure } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

/** What came of one mutation: its payload, or why there is none. */
export type Reply = { payload: unknown; error: null } | { payload: null; error: GitHubError };

/** What one effect asks of a document. */
export interface PlannedMutations {
  key: string;
  /** How long GitHub may take for it, against 1 for a comment. */
  weight: number;
  /** Doing it twice is doing it once. */
  isIdempotent: boolean;
  /** The permission that it takes, in GitHub's notation. */
  needed: string;
  /** The mutations in order, without aliases: `addComment(input: $v0) { … }`. */
  write(document: GraphqlDocument): readonly string[];
  /** What the replies come to, one for each mutation. May look at the forge to tell. */
  judge(replies: readonly Reply[]): EffectOutcome | Promise<EffectOutcome>;
}

const WHAT = 'Changing things on GitHub';
/** GitHub gives up a document after 10 seconds. */
const MAX_WEIGHT = 12;
/** Characters of what a document carries. */
const MAX_SIZE = 400_000;
const IDEMPOTENT_REPEATS = 2;

const Payloads = z.record(z.string(), z.unknown());

/**
 * Does what is planned, in order, and gives each outcome by key. After a document that brought no answer the rest is
 * left for later: it may build on what that one did.
 */
export async function sendMutations(
  client: GitHubClient,
  planned: readonly PlannedMutations[],
): Promise<ReadonlyMap<string, EffectOutcome>> {
  const outcomes = new Map<string, EffectOutcome>();
  let outage: GitHubError | null = null;
  for (const part of splitPlanned(planned)) {
    const sent: Sent = outage === null ? await sendDocument(client, part) : { error: outage };
    if ('error' in sent) outage = sent.error;
    const judged =
      'error' in sent ? part.map((one) => outcomeOf(sent.error, one.needed)) : await judgeAll(part, sent.replies);
    for (const [index, { key }] of part.entries()) {
      const outcome = judged[index];
      if (outcome !== undefined) outcomes.set(key, outcome);
    }
  }
  return outcomes;
}

type Sent = { replies: readonly (readonly Reply[])[] } | { error: GitHubError };

/** Parts that GitHub can do in time, in order. */
function splitPlanned(planned: readonly PlannedMutations[]): PlannedMutations[][] {
  const parts: PlannedMutations[][] = [];
  let [weight, size] = [0, 0];
  for (const one of planned) {
    const own = measure(one);
    const last = parts.at(-1);
    if (last === undefined || weight + one.weight > MAX_WEIGHT || size + own > MAX_SIZE) {
      parts.push([one]);
      [weight, size] = [one.weight, own];
      continue;
    }
    last.push(one);
    weight += one.weight;
    size += own;
  }
  return parts;
}

function measure(planned: PlannedMutations): number {
  const document = new GraphqlDocument('mutation', 'Perform');
  planned.write(document);
  return JSON.stringify(document.finish().variables).length;
}

function judgeAll(
  part: readonly PlannedMutations[],
  replies: readonly (readonly Reply[])[],
): Promise<readonly EffectOutcome[]> {
  return Promise.all(
    part.map(async (one, index) => {
      try {
        return await one.judge(replies[index] ?? []);
      } catch (error) {
        // Of looking at what became of it.
        return outcomeOf(error, one.needed);
      }
    }),
  );
}

/** One document for all of `part`; each in a document of its own if GitHub would not take that one. */
async function sendDocument(client: GitHubClient, part: readonly PlannedMutations[]): Promise<Sent> {
  const document = new GraphqlDocument('mutation', 'Perform');
  const aliases: string[][] = [];
  let count = 0;
  for (const one of part) {
    const own: string[] = [];
    for (const field of one.write(document)) {
      const alias = `m${count++}`;
      document.select(`${alias}: ${field}`);
      own.push(alias);
    }
    aliases.push(own);
  }
  try {
    const { data, errors } = await client.graphql({
      kind: 'mutation',
      ...document.finish(),
      what: WHAT,
      answer: Payloads,
      maxRepeats: part.every(({ isIdempotent }) => isIdempotent) ? IDEMPOTENT_REPEATS : 0,
    });
    return { replies: aliases.map((own) => own.map((alias) => readReply(client, { data, errors }, alias))) };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.ending.kind === 'later' || error.ending.kind === 'unauthorized') return { error };
    return { replies: await sendApart(client, part, error) };
  }
}

/** A document that is refused as a whole did nothing. What one of its mutations has wrong must not stop the others. */
async function sendApart(
  client: GitHubClient,
  part: readonly PlannedMutations[],
  error: GitHubError,
): Promise<(readonly Reply[])[]> {
  if (part.length === 1) return [[{ payload: null, error }]];
  const replies: (readonly Reply[])[] = [];
  for (const one of part) {
    const sent = await sendDocument(client, [one]);
    replies.push('error' in sent ? [{ payload: null, error: sent.error }] : (sent.replies[0] ?? []));
  }
  return replies;
}

function readReply(
  client: GitHubClient,
  { data, errors }: { data: Readonly<Record<string, unknown>>; errors: readonly GraphqlFailure[] },
  alias: string,
): Reply {
  const failed =
    errors.find(({ path }) => path[0] === alias) ??
    (data[alias] == null ? errors.find(({ path }) => path.length === 0) : undefined);
  if (failed !== undefined) return { payload: null, error: client.errorOf(WHAT, failed.failure) };
  if (data[alias] != null) return { payload: data[alias], error: null };
  return {
    payload: null,
    error: new GitHubError(WHAT, { ending: { kind: 'refused' }, because: 'GitHub did not say what became of it' }),
  };
}
