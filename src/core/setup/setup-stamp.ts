/**
 * The first line of every file that `espalier init` writes: who wrote it, how, and the digest of what follows, so that
 * a change of a person's is told from an older version of the same.
 */
import { digestText } from '../digest.ts';
import { AGENT_NAMES, type SetupOptions, SETUP_VARIANTS, type AgentName, type SetupVariant } from './setup-options.ts';

const LINE =
  /^# espalier (\d+\.\d+\.\d+\S{0,40}) wrote this \(digest ([0-9a-f]{16})\): espalier init (.{1,300}?)(?: on ([!-~]{1,255}))?$/;

/** What a stamp says. */
export interface SetupStamp {
  version: string;
  /** Nothing below the stamp was changed since. */
  isUntouched: boolean;
  /** How the file came to be. Absent where the line does not say. */
  variant: SetupVariant | null;
  agent: AgentName | null;
  keyName: string | null;
  /** The default branch as it was then. */
  defaultBranch: string | null;
}

/** `body` with its stamp before it. */
export function stampText(
  options: Pick<SetupOptions, 'version' | 'variant' | 'agent' | 'keyName' | 'defaultBranch'>,
  body: string,
): string {
  const key = options.keyName === null ? '' : ` --agent-key ${options.keyName}`;
  const branch = /^[!-~]{1,255}$/.test(options.defaultBranch) ? ` on ${options.defaultBranch}` : '';
  const call = `--${options.variant} --agent ${options.agent}${key}${branch}`;
  return `# espalier ${options.version} wrote this (digest ${digestBody(body)}): espalier init ${call}\n${body}`;
}

/** Reads the stamp of a file; `null` if it has none. Line ends of another system are no change. */
export function readStamp(text: string): SetupStamp | null {
  const plain = text.replaceAll('\r\n', '\n');
  const end = plain.indexOf('\n');
  const [, version, digest, call = '', defaultBranch] = LINE.exec(end < 0 ? plain : plain.slice(0, end)) ?? [];
  if (version === undefined) return null;
  const words = call.split(' ');
  const after = (option: string): string | undefined => words[words.indexOf(option) + 1];
  return {
    version,
    isUntouched: end >= 0 && digest === digestBody(plain.slice(end + 1)),
    variant: SETUP_VARIANTS.find((variant) => words.includes(`--${variant}`)) ?? null,
    agent: AGENT_NAMES.find((agent) => words.includes('--agent') && agent === after('--agent')) ?? null,
    keyName: words.includes('--agent-key') ? (after('--agent-key') ?? null) : null,
    defaultBranch: defaultBranch ?? null,
  };
}

function digestBody(body: string): string {
  return digestText(body).slice(0, 16);
}
