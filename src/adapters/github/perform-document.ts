/**
 * Sends mutations, several in one document. GitHub does the mutations of a document in order, and one that fails does
 * not keep the next one from being done; each error names the mutation that it is of.
 */
import { z } from 'zod';

import type { EffectOutcome } from '../../core/hosted/effect.ts';
import type { Clock } from '../../ports/clock.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';
import { outcomeOf } from './perform-outcomes.ts';
import type { GraphqlFailure } from './read-answer.ts';

/** What came of one mutation: its payload, or why there is none. */
export type Reply = Answered | { payload: null; error: GitHubError };

interface Answered {
  payload: unknown;
  error: null;
}

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

/** What documents are sent with. */
interface MutationSender {
  client: GitHubClient;
  clock: Pick<Clock, 'now'>;
}

const WHAT = 'Changing things on GitHub';
/** GitHub gives up a document after 10 seconds. */
const MAX_WEIGHT = 12;
/** Characters of what a document carries. */
const MAX_SIZE = 400_000;
const IDEMPOTENT_REPEATS = 2;
const LOOK_AGAIN_MS = 5000;

const Payloads = z.record(z.string(), z.unknown());

/**
 * Does what is planned, in order, and gives each outcome by key. After a document that brought no answer, or a limit,
 * the rest is left for later: it may build on what did not happen.
 */
export async function sendMutations(
  sender: MutationSender,
  planned: readonly PlannedMutations[],
): Promise<ReadonlyMap<string, EffectOutcome>> {
  const outcomes = new Map<string, EffectOutcome>();
  let outage: GitHubError | null = null;
  for (const part of splitPlanned(planned)) {
    const replies: Replies = outage === null ? await sendDocument(sender, part) : repeatError(part, outage);
    outage ??= findOutage(replies);
    const judged = await judgeAll(part, replies);
    for (const [index, { key }] of part.entries()) {
      const outcome = judged[index];
      if (outcome !== undefined) outcomes.set(key, outcome);
    }
  }
  return outcomes;
}

/** For each effect of a document, for each of its mutations. */
type Replies = readonly (readonly Reply[])[];

function repeatError(part: readonly PlannedMutations[], error: GitHubError): Replies {
  return part.map(() => [{ payload: null, error }]);
}

function findOutage(replies: Replies): GitHubError | null {
  return replies.flat().find(({ error }) => error?.ending.kind === 'later')?.error ?? null;
}

/**
 * The payload of a mutation that was done. Throws {@link GitHubError} with time as its cure if it is of another shape
 * than documented.
 */
export function readPayload<T>(payload: z.ZodType<T>, reply: Answered, sender: Pick<MutationSender, 'clock'>): T {
  const parsed = payload.safeParse(reply.payload);
  if (parsed.success) return parsed.data;
  throw unclear(sender, 'the answer is not as documented');
}

/** What was done is there to be seen later. */
function unclear({ clock }: Pick<MutationSender, 'clock'>, because: string): GitHubError {
  const notBeforeMs = clock.now() + LOOK_AGAIN_MS;
  return new GitHubError(WHAT, { ending: { kind: 'later', notBeforeMs, mayStand: true, isLimit: false }, because });
}

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

function judgeAll(part: readonly PlannedMutations[], replies: Replies): Promise<readonly EffectOutcome[]> {
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
async function sendDocument(sender: MutationSender, part: readonly PlannedMutations[]): Promise<Replies> {
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
    const { data, errors } = await sender.client.graphql({
      kind: 'mutation',
      ...document.finish(),
      what: WHAT,
      answer: Payloads,
      maxRepeats: part.every(({ isIdempotent }) => isIdempotent) ? IDEMPOTENT_REPEATS : 0,
    });
    return aliases.map((own) => own.map((alias) => readReply(sender, { data, errors }, alias)));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const isRefused = error.ending.kind !== 'later' && error.ending.kind !== 'unauthorized';
    return isRefused && part.length > 1 ? await sendApart(sender, part) : repeatError(part, error);
  }
}

/** A document that is refused as a whole did nothing. What one of its effects has wrong must not stop the others. */
async function sendApart(sender: MutationSender, part: readonly PlannedMutations[]): Promise<Replies> {
  const replies: (readonly Reply[])[] = [];
  let outage: GitHubError | null = null;
  for (const one of part) {
    const own: Replies = outage === null ? await sendDocument(sender, [one]) : repeatError([one], outage);
    outage ??= findOutage(own);
    replies.push(...own);
  }
  return replies;
}

function readReply(
  sender: MutationSender,
  { data, errors }: { data: Readonly<Record<string, unknown>>; errors: readonly GraphqlFailure[] },
  alias: string,
): Reply {
  const payload = data[alias] ?? null;
  const failed =
    errors.find(({ path }) => path[0] === alias) ??
    (payload === null ? errors.find(({ path }) => path.length === 0) : undefined);
  if (failed !== undefined) return { payload: null, error: sender.client.errorOf(WHAT, failed.failure) };
  if (payload === null) return { payload, error: unclear(sender, 'GitHub did not say what became of it') };
  return { payload, error: null };
}
