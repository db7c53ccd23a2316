/**
 * The mode publish: the one with a token that writes. It runs nothing of the change and reads nothing of it but what was
 * checked: digests first, then a pack object by object, then a commit that has to come out with the name that the
 * evidence gives. What it leaves is one new branch.
 */
import type { CommitSha, Digest, TreeSha } from '../../core/brand.ts';
import { failWork } from '../../core/hosted/failed-work.ts';
import { makeReceipt } from '../../core/hosted/make-receipt.ts';
import { headOfResult, type LegResult, readLegResult } from '../../core/hosted/read-receipt.ts';
import { digestText } from '../../core/digest.ts';
import { CONFIG_PATH, emptyConfig, MAX_CONFIG_LENGTH, readConfig } from '../../core/config/config.ts';
import { renderLegSummary, resultOf } from '../../core/report/leg-summary.ts';
import { ACTION_AUTHOR } from './action-author.ts';
import { ActionError } from './action-error.ts';
import { awaitTurn, sayIdle, type Turn } from './await-turn.ts';
import { chooseFetch } from './choose-fetch.ts';
import { takeGivenText } from './given-files.ts';
import { type LegRoom, openLegRoom } from './leg-room.ts';
import { MAX_EVIDENCE_BYTES } from './left-files.ts';
import { makeHead } from './make-head.ts';
import { maxPackBytes } from './pack-size.ts';
import type { ActionSession } from './session.ts';

type PublishSession = ActionSession<'publish'>;
type OwnTurn = Extract<Turn, { kind: 'turn' }>;

/** What may be published, or why not (a clause without its full stop). */
type Checked =
  | { kind: 'good'; result: LegResult; text: string; headSha: CommitSha | null }
  | { kind: 'bad'; because: string };

/** Publishes one leg. What is refused leaves a receipt that says so, and ends the step as failed. */
export async function runPublish(session: PublishSession): Promise<void> {
  const { inputs, speech } = session;
  await using room = await openLegRoom(session);
  const turn = await awaitTurn(session, room);
  if (turn.kind === 'idle') return sayIdle(session, turn.because);
  const checked = await checkLeg(session, room, turn);
  if (checked.kind === 'bad')
    return await refuse(session, room, turn, `What the jobs of this leg left is not published: ${checked.because}.`);
  const { text, headSha, result } = checked;
  const packSha256 = turn.order.kind === 'attempt' && headSha !== null ? (inputs.pack?.sha256 ?? null) : null;
  const pushed = await pushReceipt(session, room, turn, { text, headSha, packSha256, atMs: endOf(result) });
  if (pushed.kind === 'exists')
    return await refuse(
      session,
      room,
      turn,
      `Another receipt of this leg is published already, at commit ${pushed.at}.`,
    );
  if (pushed.kind === 'refused')
    return await refuse(
      session,
      room,
      turn,
      pushed.why === 'lacks-workflows'
        ? 'The change has workflow files, which the token of this job may not push. Land that change yourself; or install ' +
            "your own GitHub App with the permission 'Workflows: write', set the repository's variable " +
            "ESPALIER_WORKFLOWS to 'write', and comment `/espalier retry`."
        : `The forge refused the push: ${pushed.because}.`,
    );
  speech.setOutput('outcome', 'published');
  speech.summarize(renderLegSummary(`Published: ${inputs.leg.task}`, result));
  await notify(session);
}

/** Everything that has to hold before anything is pushed. */
async function checkLeg(session: PublishSession, room: LegRoom, turn: OwnTurn): Promise<Checked> {
  const { inputs } = session;
  const evidence = await takeGivenText(room, inputs.evidence, { name: 'evidence', maxBytes: MAX_EVIDENCE_BYTES });
  if (!evidence.ok) return bad(evidence.because);
  const reading = readLegResult(evidence.value, turn.awaited);
  if (reading.kind === 'refused') return bad(reading.because);
  const { result } = reading;
  if (inputs.evidenceFrom === 'work' && !(result.work === 'attempt' && result.evidence.outcome !== 'verified'))
    return bad('the job work may only say that it failed, and this evidence says otherwise');
  const made = headOfResult(result);
  const head = made.headSha === null ? null : await findHead(session, room, turn, made.headSha);
  if (typeof head === 'string') return bad(head);
  if (head !== null && head.treeSha !== made.treeSha)
    return bad(`the evidence is of tree ${made.treeSha}, and its head has tree ${head.treeSha}`);
  return { kind: 'good', result, text: evidence.value, headSha: made.headSha };
}

/** Brings the head into the repository: made again from the pack, or fetched where it was given. Or why it is none. */
async function findHead(
  { inputs }: PublishSession,
  room: LegRoom,
  { order }: OwnTurn,
  headSha: CommitSha,
): Promise<{ treeSha: TreeSha } | string> {
  const { git, remote } = room;
  if (order.kind === 'attempt') {
    const { baseSha } = order.order;
    await remote.fetchCommits([baseSha], 1);
    const { work, pack } = inputs;
    const made = await makeHead(room, order.order, { work, pack, maxPackBytes: await readMaxPackBytes(room, baseSha) });
    if (!made.ok) return made.because;
    const { commitSha, treeSha } = made.value.head;
    return commitSha === headSha ? { treeSha } : `the evidence is of commit ${headSha}, and the work made ${commitSha}`;
  }
  const given = order.kind === 'given' ? order.order.headSha : order.order.commitSha;
  if (given !== headSha) return `the evidence is of commit ${headSha}, and the ledger waits for ${given}`;
  await remote.fetchCommits([given], 1);
  return { treeSha: await git.treeOf(given) };
}

async function readMaxPackBytes({ git }: LegRoom, baseSha: CommitSha): Promise<number> {
  const text = await git.readFile(baseSha, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  return maxPackBytes((readConfig(text ?? '').config ?? emptyConfig()).limits);
}

interface ReceiptParts {
  text: string;
  headSha: CommitSha | null;
  packSha256: Digest | null;
  /** Date of the receipt's commit: with it a step that is run again makes the same one. */
  atMs: number;
}

async function pushReceipt(
  { inputs, runner }: PublishSession,
  { git, remote }: LegRoom,
  { leg }: OwnTurn,
  parts: ReceiptParts,
) {
  const { branch, files, message } = makeReceipt({
    plan: inputs.plan,
    nonce: inputs.nonce,
    runId: runner.runId,
    leg,
    headSha: parts.headSha,
    evidence: { text: parts.text, sha256: digestText(parts.text) },
    packSha256: parts.packSha256,
  });
  const commit = await git.writeCommit({
    tree: await git.writeTree(files),
    parents: parts.headSha === null ? [] : [parts.headSha],
    message,
    author: ACTION_AUTHOR,
    atMs: parts.atMs,
  });
  return remote.pushNew(branch, commit);
}

function endOf(result: LegResult): number {
  return resultOf(result).endedAt;
}

/**
 * Tells the plan why nothing is published, as far as that can be: for an attempt a receipt without a head, whose reason
 * the status comment shows. A trial and the final tests are tried again when their run has failed.
 */
async function refuse(session: PublishSession, room: LegRoom, turn: OwnTurn, detail: string): Promise<never> {
  const { clock, speech } = session;
  speech.setOutput('outcome', 'refused');
  const failed = failWork(turn.ledger, turn.awaited, { cause: 'publish-refused', detail }, clock.now());
  if (failed.work === 'attempt') {
    const text = `${JSON.stringify(failed.evidence)}\n`;
    const parts = { text, headSha: null, packSha256: null, atMs: failed.evidence.endedAt };
    const pushed = await pushReceipt(session, room, turn, parts);
    if (pushed.kind === 'pushed') await notify(session);
    else
      speech.say(
        `The reason could not be left in a receipt either: ${pushed.kind === 'exists' ? 'one stands there' : pushed.because}.`,
      );
  }
  throw new ActionError(detail);
}

/** Starts the workflow that takes the plan further. If that fails, the sweep does it later. */
async function notify(session: PublishSession): Promise<void> {
  const { inputs, runner, clock, log, speech } = session;
  if (inputs.notify === null) return;
  try {
    const { startWorkflow } = await import('../../adapters/github/start-workflow.ts');
    await startWorkflow({
      ...(await chooseFetch(session)),
      token: inputs.token,
      clock,
      log,
      baseUrl: runner.apiUrl,
      repository: runner.repository,
      workflow: inputs.notify,
      ref: runner.refName,
      inputs: { plan: inputs.plan },
    });
  } catch (error) {
    speech.annotate(
      'warning',
      `The plan goes on with the next sweep: '${inputs.notify}' could not be started (${String(error)}).`,
    );
  }
}

function bad(because: string): Checked {
  return { kind: 'bad', because };
}
