/** The inputs of the Action: one table, read once with all problems at once. `action.yml` says the same. */
import { z } from 'zod';

import type { CommitSha, Digest, PlanId } from '../../core/brand.ts';
import { type Checked, isObjectName, readPlanId } from '../../core/ids.ts';
import { type LegInput, readLegInput } from '../../core/ledger/leg-input.ts';

/** The modes, in the order of a plan's life. */
export const MODES = ['route', 'reconcile', 'work', 'verify', 'publish', 'cleanup'] as const;
/** What one step does. */
export type Mode = (typeof MODES)[number];

/** Every input: what it says, and what holds where nothing is said. */
export const ACTION_INPUTS = {
  mode: {
    description:
      'What the step does: route (which plans does the event concern), reconcile (take one plan further), work (one ' +
      'attempt: agent, tests, review), verify (judge what it left on a fresh machine), publish (push what was verified; ' +
      'runs nothing of it), cleanup (remove what is past its time).',
    isRequired: true,
  },
  token: {
    description:
      "Token for the repository. The job's own, or that of an installation of your App; work and verify only read with it.",
    default: '${{ github.token }}',
  },
  plan: { description: 'Id of the plan, such as issue-7. For reconcile, work, verify and publish.' },
  leg: { description: 'The leg as JSON: one entry of what the dispatch calls legs. For work, verify and publish.' },
  nonce: { description: 'Name of the dispatch, as the dispatch gives it. For work, verify and publish.' },
  ledger: { description: "Commit of the plan's ledger that the legs stand in. For work, verify and publish." },
  work: { description: 'Path of the work record that the job work left. For verify and publish.' },
  'work-sha256': { description: 'SHA-256 of that file, as the output of the job work says.' },
  pack: { description: 'Path of the pack that the job work left. For verify and publish.' },
  'pack-sha256': { description: 'SHA-256 of that file, as the output of the job work says.' },
  evidence: { description: 'Path of the evidence that the job verify, or a failed work, left. For publish.' },
  'evidence-sha256': { description: "SHA-256 of that file, as that job's output says." },
  'evidence-from': {
    description: 'Which job left the evidence: verify or work. That of work counts only if it says that it failed.',
    default: 'verify',
  },
  notify: {
    description: 'For publish: file name of the workflow to start with the plan once the receipt stands; empty: none.',
  },
  'dry-run': { description: 'For cleanup: true only lists what would be removed, false removes it.', default: 'true' },
} as const satisfies Readonly<Record<string, { description: string; isRequired?: true; default?: string }>>;

/** An input by name. */
export type InputName = keyof typeof ACTION_INPUTS;

/** A file that another job left, and the digest that its trusted step gave for it. */
export interface GivenFile {
  path: string;
  sha256: Digest;
}

/** What the three jobs of a leg are told. */
interface LegInputs {
  token: string;
  plan: PlanId;
  leg: LegInput;
  nonce: string;
  ledger: CommitSha;
}

/** The inputs of each mode, checked. */
export type ActionInputs =
  | { mode: 'route'; token: string }
  | { mode: 'reconcile'; token: string; plan: PlanId }
  | ({ mode: 'work' } & LegInputs)
  | ({ mode: 'verify'; work: GivenFile | null; pack: GivenFile | null } & LegInputs)
  | ({
      mode: 'publish';
      work: GivenFile | null;
      pack: GivenFile | null;
      evidence: GivenFile;
      evidenceFrom: 'work' | 'verify';
      /** File name of a workflow. */
      notify: string | null;
    } & LegInputs)
  | { mode: 'cleanup'; token: string; isDryRun: boolean };

/** Inputs, or one sentence for each problem; what was found is quoted but for the token. */
export type InputReading = { kind: 'read'; inputs: ActionInputs } | { kind: 'problems'; problems: string[] };

/** Reads all inputs of the mode that is asked for. `get` gives an input's text, `''` where nothing is said. */
export function readActionInputs(get: (name: InputName) => string): InputReading {
  const said = Object.fromEntries(
    Object.keys(ACTION_INPUTS).map((name) => [name, get(name as InputName).trim()]),
  ) as Record<InputName, string>;
  const read = SCHEMAS.safeParse(said);
  if (read.success) return { kind: 'read', inputs: read.data };
  return {
    kind: 'problems',
    problems: read.error.issues.map(({ path, message }) => `Input '${path.join('.')}' ${message}.`),
  };
}

/** A field that `read` checks. */
function checked<T>(read: (text: string) => Checked<T>) {
  return z.string().transform((text, context): T => {
    const outcome = text === '' ? ({ ok: false, because: 'is missing' } as const) : read(text);
    if (outcome.ok) return outcome.value;
    context.addIssue({ code: 'custom', message: outcome.because });
    return z.NEVER;
  });
}

function fits<T extends string>(pattern: RegExp, because: string) {
  return checked((text): Checked<T> => (pattern.test(text) ? { ok: true, value: text as T } : { ok: false, because }));
}

const token = fits(/^[\x21-\x7e]{1,4096}$/, 'is no token: it has spaces, or is too long');
const plan = checked((text) => {
  const read = readPlanId(text);
  return read.ok ? read : { ok: false, because: `names no plan: ${read.because}` };
});
const ledger = checked((text): Checked<CommitSha> =>
  isObjectName(text) ? { ok: true, value: text as CommitSha } : { ok: false, because: 'is no full commit SHA' },
);
const LEG = {
  token,
  plan,
  leg: checked((text) => {
    const read = readLegInput(text);
    return read.ok ? read : { ok: false, because: `cannot be read: ${read.because}` };
  }),
  nonce: fits(/^[a-z0-9-]{1,64}\.[1-9]\d{0,15}$/, 'is no name of a dispatch'),
  ledger,
};

/** Two inputs that only make sense together: a path and its digest. */
type Pair = 'work' | 'pack' | 'evidence';

// A skipped job has no outputs: its digest is empty, whatever stands for the path.
const digest = z.string().regex(/^(?:[0-9a-f]{64})?$/, 'is no SHA-256 (64 hex digits)');

function pairFields<P extends Pair>(name: P) {
  return { [name]: z.string(), [`${name}-sha256`]: digest } as Record<P | `${P}-sha256`, z.ZodString>;
}

function joinPair(said: object, name: Pair, context: z.core.$RefinementCtx): GivenFile | null {
  const fields = said as Readonly<Record<string, string>>;
  const path = fields[name] ?? '';
  const sha256 = fields[`${name}-sha256`] ?? '';
  if (sha256 === '') return null;
  if (path === '')
    context.issues.push({
      code: 'custom',
      input: said,
      path: [name],
      message: 'is missing, though its digest is there',
    });
  return { path, sha256: sha256 as Digest };
}

const SCHEMAS = z.discriminatedUnion(
  'mode',
  [
    z.object({ mode: z.literal('route'), token }),
    z.object({ mode: z.literal('reconcile'), token, plan }),
    z.object({ mode: z.literal('work'), ...LEG }),
    z
      .object({ mode: z.literal('verify'), ...LEG, ...pairFields('work'), ...pairFields('pack') })
      .transform((said, context) => ({
        ...legOf(said),
        mode: said.mode,
        work: joinPair(said, 'work', context),
        pack: joinPair(said, 'pack', context),
      })),
    z
      .object({
        mode: z.literal('publish'),
        ...LEG,
        ...pairFields('work'),
        ...pairFields('pack'),
        ...pairFields('evidence'),
        'evidence-from': z.enum(['work', 'verify'], "is neither 'work' nor 'verify'"),
        notify: z.string().regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\.ya?ml)?$/, 'is no file name of a workflow'),
      })
      .transform((said, context) => {
        const evidence = joinPair(said, 'evidence', context);
        if (evidence === null)
          context.issues.push({ code: 'custom', input: said, path: ['evidence'], message: 'is missing' });
        return {
          ...legOf(said),
          mode: said.mode,
          work: joinPair(said, 'work', context),
          pack: joinPair(said, 'pack', context),
          evidence: evidence ?? { path: '', sha256: '' as Digest },
          evidenceFrom: said['evidence-from'],
          notify: said.notify === '' ? null : said.notify,
        };
      }),
    z
      .object({
        mode: z.literal('cleanup'),
        token,
        'dry-run': z.enum(['true', 'false'], "is neither 'true' nor 'false'"),
      })
      .transform(({ mode, token: given, 'dry-run': dryRun }) => ({ mode, token: given, isDryRun: dryRun === 'true' })),
  ],
  { error: `is none of ${MODES.join(', ')}` },
);

function legOf({ token: given, plan: id, leg, nonce, ledger: commit }: LegInputs): LegInputs {
  return { token: given, plan: id, leg, nonce, ledger: commit };
}
